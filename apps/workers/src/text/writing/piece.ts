import type { Source } from '@errand/core/domain/capability.ts';
import type { Document } from '@errand/core/domain/document.ts';

/** A source as it comes out of a schema. */
type GivenSource = { readonly [Key in keyof Source]: Source[Key] | undefined } & { readonly title: string };

/** Finding is the output of an earlier step, as far as a writer can make use of it. */
export interface Finding {
	readonly text: string;
	readonly sources: readonly GivenSource[];
	readonly warnings: readonly string[];
	/** What a comparison recommends. */
	readonly recommendation?: { readonly item: string; readonly reasons: readonly string[] } | null | undefined;
	/** Questions with their answers: from documents, or from the person. */
	readonly answers?: readonly { readonly question: string; readonly answer: unknown }[] | undefined;
}

/** PieceRequest says what to write, for whom and from what. */
export interface PieceRequest {
	readonly title?: string | undefined;
	readonly topic?: string | undefined;
	/** The request in the person's words. */
	readonly need?: string | undefined;
	readonly audience?: string | undefined;
	readonly documents: readonly Document[];
	readonly findings: readonly Finding[];
}

/** Piece is a finished text; `[n]` in its body is the n-th of `sources`. */
export interface Piece {
	readonly title: string;
	/** Markdown without title and list of sources. */
	readonly body: string;
	readonly sources: readonly Source[];
	readonly warnings: readonly string[];
}

/** METHOD_NOTE tells how a text came about, where nothing before it did. */
export const METHOD_NOTE = '*Sentences picked from the documents by fixed rules, not by a language model.*';

/** joinFindings puts texts one after the other and numbers their sources through. */
export function joinFindings(findings: readonly Finding[]): { text: string; sources: Source[]; warnings: string[] } {
	const sources: Source[] = [];
	const texts = findings.map((finding) => {
		const before = sources.length;
		sources.push(...finding.sources.map(exact));
		return shiftMarks(finding.text.trim(), before, finding.sources.length);
	});
	const warnings = [...new Set(findings.flatMap((finding) => finding.warnings))];
	return { text: texts.filter((text) => text !== '').join('\n\n'), sources, warnings };
}

function shiftMarks(text: string, by: number, most: number): string {
	if (by === 0) return text;
	return text.replace(/(?<!\\)\[(\d{1,3})\](?!\()/g, (mark, digits: string) => {
		const number = Number(digits);
		return number >= 1 && number <= most ? `[${number + by}]` : mark;
	});
}

/** Leaves out what is undefined. */
function exact({ title, url, artifact, quote }: GivenSource): Source {
	return {
		title,
		...(url !== undefined && { url }),
		...(artifact !== undefined && { artifact }),
		...(quote !== undefined && { quote }),
	};
}
