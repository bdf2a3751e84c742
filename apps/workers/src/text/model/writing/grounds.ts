import type { Source } from '@errand/core/domain/capability.ts';
import type { Corpus } from '../../corpus.ts';
import { sourceIn } from '../../facts/source-marks.ts';
import { nameSource } from '../../writing/name-source.ts';
import { type Finding, joinFindings, type PieceRequest } from '../../writing/piece.ts';
import { addressesIn } from '../checking/addresses-in.ts';
import type { AddressBook } from '../checking/verify-addresses.ts';
import type { Statement } from '../reading/statement.ts';
import { mapMarks, marksIn } from './citation-marks.ts';

/** Ground is one source that a text may cite, with all words that support what is said with its mark. */
export interface Ground {
	readonly source: Source;
	readonly support: readonly string[];
}

/** Grounds is everything a text may rest on. The mark `[n]` means the n-th of `cited`; those of earlier steps come first. */
export interface Grounds {
	readonly cited: readonly Ground[];
	/** How many of `cited` come from earlier steps; they keep their numbers. */
	readonly before: number;
	/** What the person said, and what earlier steps found without a source: it needs no mark. */
	readonly said: readonly string[];
	readonly topic: string | undefined;
	/** The addresses that may stand in the text. */
	readonly addresses: AddressBook;
	/** Groups of statements that say the same, with the mark of each. */
	readonly points: readonly (readonly MarkedStatement[])[];
}

/** MarkedStatement is a statement with the number that cites it. */
export interface MarkedStatement {
	readonly statement: Statement;
	readonly mark: number;
}

/** layGrounds numbers what may be cited: the sources of findings, then up to three statements of each group, best first. */
export function layGrounds(request: PieceRequest, corpus: Corpus, groups: readonly (readonly Statement[])[]): Grounds {
	const { findings } = request;
	const before = joinFindings(findings);
	const findingLines = before.text.split('\n');
	const cited = before.sources.map((source, at): Ground => {
		return { source, support: [source.quote ?? '', source.title, ...linesOn(at + 1, findingLines)] };
	});
	const points = groups.map((group) =>
		group.slice(0, MOST_OF_GROUP).flatMap((statement): MarkedStatement[] => {
			const document = corpus.documents[statement.document];
			if (document === undefined) return [];
			const support = [statement.quote, statement.text, document.title, nameSource(document)];
			return [{ statement, mark: cited.push({ source: sourceIn(document, statement.quote), support }) }];
		}),
	);
	// What was concluded from all sources of an earlier step has the mark of none.
	const said = [...saidIn(request), ...findingLines.filter((line) => marksIn(line).length === 0 && isText(line))];
	const { topic } = request;
	return { cited, before: before.sources.length, said, topic, addresses: addressesOf(cited, said), points };
}

/** What an earlier step said of a source, or concluded from all of them, was checked there. */
function linesOn(mark: number, lines: readonly string[]): string[] {
	return lines
		.filter((line) => marksIn(line).length === 0 || marksIn(line).includes(mark))
		.map((line) => mapMarks(line, () => ''))
		.filter(isText);
}

function isText(line: string): boolean {
	return /[\p{L}\p{N}]/u.test(line);
}

/** Only what may be cited counts: elsewhere in a document an address may be bait. */
function addressesOf(cited: readonly Ground[], said: readonly string[]): AddressBook {
	const quoted = cited.map(({ source, support }) => ({ url: source.url, words: support }));
	return addressesIn([...quoted, { url: undefined, words: said }]);
}

/** MOST_OF_GROUP is how many sources of one statement get a mark. */
export const MOST_OF_GROUP = 3;

function saidIn({ title, topic, need, audience, findings }: PieceRequest): string[] {
	const answers = personsAnswers(findings).map(({ answer }) => answer);
	const loose = findings.filter(({ sources }) => sources.length === 0).map(({ text }) => text);
	return [title, topic, need, audience, ...answers, ...loose].flatMap((text) => text || []);
}

/** personsAnswers is what the person answered when they were asked; answers from documents come with sources. */
export function personsAnswers(findings: readonly Finding[]): { question: string; answer: string }[] {
	const asked = findings.filter(({ sources }) => sources.length === 0);
	return asked.flatMap(({ answers = [] }) =>
		answers.flatMap(({ question, answer }) => {
			if (answer === null || answer === undefined || answer === '') return [];
			return [{ question, answer: typeof answer === 'string' ? answer : (JSON.stringify(answer) ?? '') }];
		}),
	);
}
