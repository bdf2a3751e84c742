import type { Document } from '@errand/core/domain/document.ts';
import { clarity } from '../../clarity.ts';
import type { Corpus } from '../../corpus.ts';
import type { Passage } from '../../passages.ts';
import { centrality, coverage, queryOf } from '../../ranking.ts';
import { termsOf } from '../../terms.ts';
import { estimateTokens } from '../asking/text-size.ts';

/** Part is what the model reads at once: passages of one long document, or of a few short ones, in reading order. */
export interface Part {
	readonly passages: readonly Passage[];
}

/** PartLimits says how much one part holds, and how many parts there may be. */
export interface PartLimits {
	readonly partTokens: number;
	readonly mostParts: number;
	/** What the person wants to know; where not all fits, passages far from it go first. */
	readonly focus?: string | undefined;
}

/** cutParts cuts documents into parts along headings and paragraphs; `leftOut` counts the passages that found no room. */
export function cutParts(corpus: Corpus, limits: PartLimits): { parts: Part[]; leftOut: number } {
	const all = pack(corpus.passages, limits.partTokens);
	if (all.length <= limits.mostParts) return { parts: all, leftOut: 0 };
	// What is kept leaves gaps, and blocks do not fill parts to the brim: hence nine tenths, and less where that is too much.
	for (const share of [0.9, 0.7, 0.5]) {
		const kept = mostRelevant(corpus, limits.focus, limits.partTokens * limits.mostParts * share);
		const parts = pack(kept, limits.partTokens);
		if (parts.length <= limits.mostParts) return { parts, leftOut: corpus.passages.length - kept.length };
	}
	const parts = pack(mostRelevant(corpus, limits.focus, limits.partTokens * limits.mostParts * 0.5), limits.partTokens);
	const first = parts.slice(0, limits.mostParts);
	const read = first.reduce((sum, { passages }) => sum + passages.length, 0);
	return { parts: first, leftOut: corpus.passages.length - read };
}

/** partText writes the passages of one document of a part as Markdown, under their headings. */
export function partText(passages: readonly Passage[]): string {
	const lines: string[] = [];
	let section = '';
	let block = -1;
	for (const passage of passages) {
		const heading = passage.section.join(' › ');
		if (heading !== section && heading !== '') lines.push(`\n## ${heading}\n`);
		section = heading;
		if (passage.kind === 'sentence' && passage.block === block) lines.push(`${lines.pop() ?? ''} ${passage.raw}`);
		else if (passage.kind === 'sentence') lines.push(`\n${passage.raw}`);
		else lines.push(passage.kind === 'item' ? `- ${passage.raw}` : `| ${passage.raw} |`);
		block = passage.block;
	}
	return lines.join('\n').trim();
}

/** partDocuments lists the documents of a part with their passages. */
export function partDocuments(part: Part, documents: readonly Document[]) {
	return [...Map.groupBy(part.passages, ({ document }) => document)].flatMap(([index, passages]) => {
		const document = documents[index];
		return document === undefined ? [] : [{ index, document, passages }];
	});
}

/** What a document costs besides its text: the lines that introduce it. */
const FRAME_TOKENS = 60;

function pack(passages: readonly Passage[], partTokens: number): Part[] {
	const parts: { passages: Passage[] }[] = [];
	let used = 0;
	let last: Passage | undefined;
	for (const chunk of chunksOf(passages, partTokens)) {
		const [first] = chunk.passages;
		const another = first?.document !== last?.document;
		const tokens = chunk.tokens + (another ? FRAME_TOKENS : 0);
		const turns = another || first?.section[0] !== last?.section[0];
		// A part rather ends early where something new begins than in the middle of it.
		const full = used + tokens > partTokens || (turns && used > partTokens * 0.8);
		if (parts.length === 0 || full) {
			parts.push({ passages: [] });
			used = 0;
		}
		parts.at(-1)?.passages.push(...chunk.passages);
		used += tokens;
		last = chunk.passages.at(-1);
	}
	return parts;
}

/** Blocks stay whole unless one alone is more than a part. */
function chunksOf(passages: readonly Passage[], partTokens: number): { passages: Passage[]; tokens: number }[] {
	const chunks: { passages: Passage[]; tokens: number; place: string }[] = [];
	for (const passage of passages) {
		const place = `${passage.document}/${passage.block}`;
		const tokens = estimateTokens(passage.raw) + 2;
		const open = chunks.at(-1);
		if (open?.place === place && open.tokens + tokens <= partTokens / 2) {
			open.passages.push(passage);
			open.tokens += tokens;
		} else chunks.push({ passages: [passage], tokens, place });
	}
	return chunks;
}

function mostRelevant(corpus: Corpus, focus: string | undefined, tokens: number): Passage[] {
	const { passages, index } = corpus;
	const central = centrality(index);
	const words = focus?.replace(/\bhttps?:\/\/\S+/gi, ' ');
	const query = words === undefined ? undefined : queryOf(words, index);
	const ranked = passages
		.map((passage, at) => {
			const about =
				query === undefined ? 0 : coverage(query, [...(index.terms[at] ?? []), ...termsOf(passage.section.join(' '))]);
			return { passage, score: ((central[at] ?? 0) + 2.5 * about + 0.1) * (0.2 + clarity(passage)) };
		})
		.sort((one, other) => other.score - one.score);
	const kept = new Set<Passage>();
	let used = 0;
	for (const { passage } of ranked) {
		used += estimateTokens(passage.raw) + 2;
		if (used > tokens) break;
		kept.add(passage);
	}
	return passages.filter((passage) => kept.has(passage));
}
