import { clarity } from '../clarity.ts';
import type { Corpus } from '../corpus.ts';
import { standingOf, standingOfHeading } from '../facts/standing.ts';
import type { Passage } from '../passages.ts';
import { overlap, type Query, queryOf } from '../ranking.ts';
import { meaningOf, termsOf } from '../terms.ts';
import { answersIn, type Question, type QuestionType, readQuestion } from './question.ts';

/** Confidence says how sure it is that a sentence answers a question. */
export type Confidence = 'stated' | 'likely' | 'not found';

/** FoundAnswer is what answers a question: the best passage first, then those that say the same or otherwise. */
export interface FoundAnswer {
	readonly confidence: Confidence;
	readonly passages: readonly Passage[];
	/** Passages of other documents with another figure. */
	readonly differing: readonly Passage[];
	/** Where in the first passage the figure stands that was asked for. */
	readonly mark?: { readonly start: number; readonly end: number } | undefined;
}

interface Candidate {
	readonly passage: Passage;
	readonly at: number;
	readonly covered: number;
	readonly fits: boolean;
	readonly score: number;
}

const STATED = 0.68;
const LIKELY = 0.45;

/** findAnswer looks for the passage that speaks of most of what a question asks, and holds the kind of thing it asks for. */
export function findAnswer(corpus: Corpus, context: PassageContext, text: string): FoundAnswer {
	const question = readQuestion(text);
	const query = weighNames(queryOf(question.about, corpus.index), question, corpus);
	if (query.total === 0) return NOTHING;
	const ranked = candidatesFor(corpus, context, query, question);
	const [best] = ranked;
	if (best === undefined || !isEnough(best, question.type)) return NOTHING;
	const list = listAround(best, corpus, context, query);
	if (list !== undefined) return { confidence: confidenceOf(best), passages: list, differing: [] };
	const others = ranked.filter(
		(other) => other !== best && other.covered >= best.covered * 0.85 && isEnough(other, question.type),
	);
	const { same, differing } = sortOut(best, others, corpus, question.type);
	const marks = answersIn(best.passage.plain, question.type) ?? [];
	const mark = MARKED.has(question.type) && marks.length === 1 ? marks[0] : undefined;
	return { confidence: confidenceOf(best), passages: [best.passage, ...same], differing, mark };
}

const NOTHING: FoundAnswer = { confidence: 'not found', passages: [], differing: [] };
const MARKED: ReadonlySet<QuestionType> = new Set(['when', 'money', 'count', 'percent', 'duration', 'contact']);

/** A name that no document holds sinks the question; another word that none holds was only the person's wording. */
function weighNames(query: Query, { names, measure }: Question, { index }: Corpus): Query {
	const known = new Set(index.terms.flatMap((terms) => [...terms].map(meaningOf)));
	const measured = measure === undefined ? undefined : termsOf(measure).map(meaningOf)[0];
	const must = new Set(names.flatMap(termsOf).map(meaningOf));
	const meanings = new Map(
		[...query.meanings].map(([meaning, weight]) => {
			if (must.has(meaning)) return [meaning, weight * 1.3] as const;
			return [meaning, known.has(meaning) ? weight : weight * (meaning === measured ? 0.9 : 0.5)] as const;
		}),
	);
	return { ...query, meanings, total: [...meanings.values()].reduce((sum, weight) => sum + weight, 0) };
}

/** PassageContext is what a passage takes over from around it: the words of its headings, its title, the sentence before. */
export type PassageContext = readonly {
	readonly headings: ReadonlySet<string>;
	readonly title: ReadonlySet<string>;
	/** It belongs to a worked example, whose figures are nobody's. */
	readonly example: boolean;
}[];

/** readContext reads the headings and titles over all passages once. */
export function readContext({ passages, documents }: Corpus): PassageContext {
	const known = new Map<string, ReadonlySet<string>>();
	const read = (text: string) => {
		const terms = known.get(text) ?? new Set(termsOf(text));
		known.set(text, terms);
		return terms;
	};
	return passages.map((passage, at) => ({
		headings: read(passage.section.slice(-2).join(' ')),
		title: read(`${documents[passage.document]?.title ?? ''} ${documents[passage.document]?.publisher ?? ''}`),
		example: isExample(passage) || (follows(passage, passages[at - 1]) && isExample(passages[at - 1])),
	}));
}

function isExample(passage: Passage | undefined): boolean {
	if (passage === undefined) return false;
	return (
		standingOf(passage.plain, 0) === 'example' ||
		passage.section.some((heading) => standingOfHeading(heading) === 'example')
	);
}

function candidatesFor(
	corpus: Corpus,
	context: PassageContext,
	query: Query,
	{ type, counted, measure }: Question,
): Candidate[] {
	const { passages, index } = corpus;
	const measured = measure === undefined ? undefined : termsOf(measure).map(meaningOf)[0];
	const found: Candidate[] = [];
	passages.forEach((passage, at) => {
		const own = withContacts(index.terms[at] ?? new Set(), passage.plain, type);
		const covered = coveredBy(query, [
			[own, 1],
			[context[at]?.headings ?? new Set(), 0.8],
			[context[at]?.title ?? new Set(), 0.6],
			[follows(passage, passages[at - 1]) ? (index.terms[at - 1] ?? new Set()) : new Set(), 0.45],
		]);
		if (covered < 0.25 || passage.plain.length < 3) return;
		const answers = answersIn(passage.plain, type);
		const told = [...own, ...(context[at]?.headings ?? [])].some((term) => meaningOf(term) === measured);
		if (measured !== undefined && !told) return;
		const fits = answers === undefined || answers.some((place) => counts(passage.plain, place, counted));
		if (!isMet(query, own, context[at], fits && MARKED.has(type))) return;
		const clear = passage.kind === 'sentence' ? 0.6 + 0.4 * clarity(passage) : 0.9;
		const dated = type !== 'when' || /\b(?:19|20)\d\d\b|\b\d{1,2}\.? (?:of )?\p{Lu}/u.test(passage.plain) ? 1 : 0.8;
		const brief = 1 / (1 + own.size / 60);
		found.push({
			passage,
			at,
			covered,
			fits,
			score: covered * clear * (0.7 + 0.3 * brief) * (fits ? 1 : 0.55) * dated * (context[at]?.example ? 0.4 : 1),
		});
	});
	return found.sort((one, other) => other.score - one.score).slice(0, 30);
}

/** An address speaks of mail without the word. */
function withContacts(terms: ReadonlySet<string>, plain: string, type: QuestionType): ReadonlySet<string> {
	if (type !== 'contact') return terms;
	const kinds = [
		...(/\S@\S/.test(plain) ? ['email'] : []),
		...(/\d[\d ()/-]{6,}\d/.test(plain) ? ['phone'] : []),
		...(/https?:|www\./.test(plain) ? ['website'] : []),
	];
	return new Set([...terms, ...kinds.flatMap(termsOf), ...(kinds.length > 0 ? termsOf('contact reach') : [])]);
}

/** One word of several is no match, unless the headings hold another, or it stands with the kind of figure that was asked for. */
function isMet(
	query: Query,
	own: ReadonlySet<string>,
	around: PassageContext[number] | undefined,
	exact: boolean,
): boolean {
	const met = (terms: Iterable<string>) => [...terms].map(meaningOf).filter((meaning) => query.meanings.has(meaning));
	const inside = new Set(met(own)).size;
	if (inside === 0) return false;
	return (
		exact ||
		inside === query.meanings.size ||
		new Set(met([...own, ...(around?.headings ?? []), ...(around?.title ?? [])])).size >= 2
	);
}

/** "How many weirs": the number has to stand before weirs, or in a row or sentence that tells their number. */
function counts(plain: string, { start, end }: { start: number; end: number }, counted: string | undefined): boolean {
	if (counted === undefined) return true;
	const wanted = termsOf(counted).map(meaningOf);
	const near = termsOf(
		`${plain.slice(start, end)} ${plain.slice(end).trim().split(/\s+/, 2).join(' ')} ${/\bnumber of\b.{0,40}|^[^:–]{0,60}[:–]/.exec(plain)?.[0] ?? ''}`,
	);
	return near.map(meaningOf).some((meaning) => wanted.includes(meaning));
}

function follows(passage: Passage, before: Passage | undefined): boolean {
	return before !== undefined && before.document === passage.document && before.block === passage.block;
}

function coveredBy(query: Query, parts: readonly (readonly [ReadonlySet<string>, number])[]): number {
	const best = new Map<string, number>();
	for (const [terms, worth] of parts) {
		for (const term of terms) {
			const meaning = meaningOf(term);
			const weight = query.meanings.get(meaning);
			if (weight === undefined) continue;
			const value = weight * worth * (query.terms.has(term) ? 1 : 0.8);
			if (value > (best.get(meaning) ?? 0)) best.set(meaning, value);
		}
	}
	return [...best.values()].reduce((sum, value) => sum + value, 0) / query.total;
}

/** A question for a date that only sentences without one speak of is not answered by them. */
function isEnough({ covered, fits }: Candidate, type: QuestionType): boolean {
	if (!fits) return false;
	return covered >= (type === 'open' || type === 'list' || type === 'yes-no' ? LIKELY + 0.05 : LIKELY);
}

function confidenceOf({ covered }: Candidate): Confidence {
	return covered >= STATED ? 'stated' : 'likely';
}

const MAX_ITEMS = 12;

/** "What is not covered?": when the words above a list speak of the question, the whole list answers it. */
function listAround(
	{ passage, at }: Candidate,
	{ passages }: Corpus,
	context: PassageContext,
	query: Query,
): Passage[] | undefined {
	if (passage.kind === 'sentence') return undefined;
	const lead =
		passage.kind === 'item' ? passage.plain.slice(0, Math.max(0, passage.plain.length - passage.raw.length)) : '';
	const above = new Set([...(context[at]?.headings ?? []), ...termsOf(lead)]);
	if (coveredBy(query, [[above, 1]]) < LIST_ABOVE) return undefined;
	const all = passages.filter(({ document, block }) => document === passage.document && block === passage.block);
	return all.length > 1 && all.length <= MAX_ITEMS ? all : undefined;
}

const LIST_ABOVE = 0.5;

function sortOut(
	best: Candidate,
	others: readonly Candidate[],
	{ index }: Corpus,
	type: QuestionType,
): { same: Passage[]; differing: Passage[] } {
	const figuresOf = ({ passage }: Candidate) => {
		const texts = (answersIn(passage.plain, type) ?? []).map(({ start, end }) =>
			passage.plain.slice(start, end).toLowerCase(),
		);
		return [...new Set(texts)].sort().join('; ');
	};
	const same: Passage[] = [];
	const differing: Passage[] = [];
	const heard = new Set([best.passage.document]);
	for (const other of others) {
		if (heard.has(other.passage.document)) continue;
		const alike = overlap(index.terms[best.at] ?? new Set(), index.terms[other.at] ?? new Set(), index.weight) > 0.75;
		if (MARKED.has(type) ? figuresOf(other) === figuresOf(best) : alike) same.push(other.passage);
		else if (MARKED.has(type)) differing.push(other.passage);
		else continue;
		heard.add(other.passage.document);
	}
	return { same: same.slice(0, 3), differing: differing.slice(0, 3) };
}
