import type { Source } from '@errand/core/domain/capability.ts';
import type { Document } from '@errand/core/domain/document.ts';
import { compareDocuments } from '../comparison/compare-documents.ts';
import { nameOffers } from '../comparison/offer-names.ts';
import { clip, type Fact } from '../facts/fact.ts';
import { findFacts } from '../facts/find-facts.ts';
import { lexiconOf } from '../facts/lexicon.ts';
import { type Piece, readPieces } from '../facts/pieces.ts';
import { quoteIsVerbatim } from '../facts/quote.ts';
import { escapeMarkdown, SourceMarks, sourceIn } from '../facts/source-marks.ts';
import { standingOf, standingOfHeading } from '../facts/standing.ts';
import { CUES, vocabularyFor } from '../facts/vocabulary.ts';
import { wordsOf } from '../facts/words.ts';
import { isOrder } from '../orders.ts';
import { keyTerms } from './key-terms.ts';
import { judgeStatement, type StatementKind } from './statements.ts';

/** InsightKind is what a reader learns from it. */
export const INSIGHT_KINDS = [
	'topic',
	'figure',
	'deadline',
	'obligation',
	'risk',
	'change',
	'contradiction',
	'question',
] as const;
export type InsightKind = (typeof INSIGHT_KINDS)[number];

/** Insight is one statement with the words it rests on. */
export interface Insight {
	readonly statement: string;
	readonly kind: InsightKind;
	readonly source: Source;
}

/** Analysis is what stands out in some documents, as data and as Markdown. */
export interface Analysis {
	readonly text: string;
	readonly insights: Insight[];
	readonly sources: Source[];
	readonly warnings: string[];
	readonly method: 'model' | 'rules';
}

/** analyzeDocuments picks what a reader should know: topics, figures, deadlines, duties, risks, changes, contradictions, open points. */
export function analyzeDocuments(documents: readonly Document[], need = ''): Analysis {
	const names = nameOffers(documents, []);
	const wanted = new Set(wordsOf(need).filter((word) => word.length > 3 && !CUES.stopWords.includes(word)));
	const lexicon = lexiconOf(vocabularyFor(documents.map((document) => document.markdown)));
	const insights: Insight[] = [];
	const warnings: string[] = [];
	const share = documents.length === 1 ? 5 : documents.length <= 3 ? 3 : 2;
	documents.forEach((document, index) => {
		const name = names[index] ?? document.title;
		const pieces = readPieces(document.markdown).filter((piece) => !isOrder(piece.plain));
		if (pieces.length === 0) {
			warnings.push(`${name} has no text to analyse.`);
			return;
		}
		const own = [
			...topicOf(name, document, pieces),
			...figuresOf(document, findFacts(document, lexicon), wanted, share),
			...statementsOf(document, pieces, wanted, share),
		];
		if (own.length === 0) warnings.push(`Nothing in ${name} stands out.`);
		if (document.truncated) warnings.push(`${name} was too long and was read only up to a point.`);
		insights.push(...own.filter((insight) => quoteIsVerbatim(document, insight.source.quote ?? '')));
	});
	insights.push(...contradictions(documents));
	const { text, sources } = renderInsights(insights);
	return { text: `${text}\n\n*${NOTE}*`, sources, insights, warnings, method: 'rules' };
}

function topicOf(name: string, document: Document, pieces: readonly Piece[]): Insight[] {
	const terms = keyTerms(pieces, 6);
	if (terms.length < 2) return [];
	const telling = pieces
		.filter((piece) => piece.from === 'sentence' && piece.plain.length > 30 && piece.plain.length < 400)
		.map((piece, index) => ({
			piece,
			score: terms.filter((term) => piece.plain.toLowerCase().includes(term)).length - index / pieces.length,
		}))
		.sort((one, other) => other.score - one.score)[0]?.piece;
	if (telling === undefined) return [];
	return [
		{
			kind: 'topic',
			statement: `“${name}” is mostly about ${listed(terms)}.`,
			source: sourceIn(document, telling.raw),
		},
	];
}

function listed(terms: readonly string[]): string {
	return terms.length < 2 ? terms.join('') : `${terms.slice(0, -1).join(', ')} and ${terms.at(-1)}`;
}

const NOISE = new Set(CUES.noise);

/** Figures with a label: what tables and `Label: value` lines state, those the vocabulary knows first. */
function figuresOf(document: Document, facts: readonly Fact[], wanted: ReadonlySet<string>, most: number): Insight[] {
	const seen = new Set<string>();
	return facts
		.filter((fact) => fact.standing === 'current' && fact.origin !== 'list' && !NOISE.has(fact.label.toLowerCase()))
		.filter((fact) =>
			fact.amounts.some((amount) => amount.kind === 'money' || amount.kind === 'percent' || fact.meaning !== undefined),
		)
		.map((fact, index) => ({
			fact,
			score:
				(fact.meaning === undefined ? 0 : 3 + fact.meaning.criterion.weight * 2) +
				(fact.origin === 'sentence' ? 0 : 1) +
				4 * overlap(fact.label, wanted) -
				index / 1_000,
		}))
		.sort((one, other) => other.score - one.score)
		.flatMap(({ fact }) => {
			const label = `${fact.label[0]?.toUpperCase() ?? ''}${fact.label.slice(1)}`;
			const key =
				fact.meaning === undefined ? label.toLowerCase() : `${fact.meaning.criterion.id}/${fact.meaning.scope ?? ''}`;
			if (seen.has(key) || fact.label === '') return [];
			seen.add(key);
			const note = fact.note === undefined ? '' : ` (${clip(fact.note, 120)})`;
			return [
				{
					kind: 'figure' as const,
					statement: `${label}: ${fact.value}${note}`,
					source: sourceIn(document, fact.quotes[0] ?? ''),
				},
			];
		})
		.slice(0, most + 1);
}

function overlap(text: string, wanted: ReadonlySet<string>): number {
	return wanted.size === 0 ? 0 : new Set(wordsOf(text).filter((word) => wanted.has(word))).size;
}

function statementsOf(
	document: Document,
	pieces: readonly Piece[],
	wanted: ReadonlySet<string>,
	most: number,
): Insight[] {
	const judged = pieces.flatMap((piece, index) => {
		if (isOfExample(piece, pieces[index - 1])) return [];
		const found = judgeStatement(piece);
		return found === undefined
			? []
			: [
					{
						piece,
						kind: found.kind,
						score: found.strength + 2 * overlap(piece.plain, wanted) - index / (pieces.length * 2),
					},
				];
	});
	return STATEMENT_KINDS.flatMap((kind) => {
		const seen: string[] = [];
		return judged
			.filter((one) => one.kind === kind)
			.sort((one, other) => other.score - one.score)
			.filter(({ piece }) => {
				const start = piece.plain.toLowerCase().slice(0, 60);
				return !seen.includes(start) && seen.push(start) > 0;
			})
			.slice(0, kind === 'figure' ? 2 : most)
			.map(({ piece }) => ({
				kind,
				statement: clip(piece.plain.replace(/^[-•*\d.)\s]+(?=\p{L})/u, ''), 280),
				source: sourceIn(document, piece.raw),
			}));
	});
}

/** The figures of a worked example are nobody's figures. */
function isOfExample(piece: Piece, before: Piece | undefined): boolean {
	if (standingOfHeading(piece.section.at(-1) ?? '') === 'example') return true;
	return before?.section.at(-1) === piece.section.at(-1) && standingOf(before?.plain ?? '', 0) === 'example';
}

const STATEMENT_KINDS: readonly StatementKind[] = ['figure', 'deadline', 'obligation', 'risk', 'change', 'question'];

/** Where documents state different figures under one label; with offers of different firms that is a difference to know of, not an error. */
function contradictions(documents: readonly Document[]): Insight[] {
	if (documents.length < 2) return [];
	const { cells, criteria, items } = compareDocuments({ items: documents });
	return criteria.flatMap((criterion): Insight[] => {
		const stated = cells.filter(
			(cell) =>
				cell.criterion === criterion && cell.value !== null && cell.value.length < 100 && !cell.value.includes('; '),
		);
		const [first] = stated;
		if (first?.source == null || new Set(stated.map((cell) => cell.value?.toLowerCase())).size < 2) return [];
		const values = items.flatMap((item) =>
			stated.filter((cell) => cell.item === item.name).map((cell) => `${item.name} says ${clip(cell.value ?? '', 80)}`),
		);
		return [{ kind: 'contradiction', statement: `${criterion}: ${values.join('; ')}.`, source: first.source }];
	});
}

const HEADINGS: Record<InsightKind, string> = {
	topic: 'What it is about',
	figure: 'Figures',
	deadline: 'Dates and deadlines',
	obligation: 'Duties',
	risk: 'Risks',
	change: 'Changes',
	contradiction: 'Where the documents differ',
	question: 'Open points',
};

/** renderInsights lists insights under the headings of their kinds, each with the marks of what it rests on. */
export function renderInsights(insights: readonly (Insight & { readonly also?: readonly Source[] })[]): {
	text: string;
	sources: Source[];
} {
	const marks = new SourceMarks();
	const parts = INSIGHT_KINDS.flatMap((kind) => {
		const lines = insights
			.filter((insight) => insight.kind === kind)
			.map(({ statement, source, also = [] }) => {
				const own = [source, ...also].map((one) => marks.of(one));
				return `- ${escapeMarkdown(statement)} ${own.join(' ')}`;
			});
		return lines.length === 0 ? [] : [`## ${HEADINGS[kind]}\n\n${lines.join('\n')}`];
	});
	if (parts.length === 0) parts.push('Nothing in the text stands out.');
	return { text: parts.join('\n\n'), sources: marks.sources };
}

const NOTE = 'Sentences and figures picked from the documents by fixed rules, not by a language model.';
