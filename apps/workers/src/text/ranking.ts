import type { Passage } from './passages.ts';
import { meaningOf, termsOf } from './terms.ts';

/** TermIndex knows which passages use which terms, and how telling each term is among them. */
export interface TermIndex {
	readonly passages: readonly Passage[];
	/** The distinct terms of each passage. */
	readonly terms: readonly ReadonlySet<string>[];
	/** How telling a term or a meaning is: rare ones weigh more. */
	weight(term: string): number;
}

/** indexTerms reads the terms of passages once, for all that ranks them. */
export function indexTerms(passages: readonly Passage[]): TermIndex {
	const counts = new Map<string, number>();
	const terms = passages.map((passage) => {
		const own = new Set(termsOf(passage.plain));
		for (const term of new Set([...own, ...[...own].map(meaningOf)])) counts.set(term, (counts.get(term) ?? 0) + 1);
		return own;
	});
	const weight = (term: string) => Math.log(1 + (passages.length + 1) / ((counts.get(term) ?? 0) + 0.5));
	return { passages, terms, weight };
}

/** Query is what is looked for: its words, and what they mean with their weights. */
export interface Query {
	readonly terms: ReadonlySet<string>;
	readonly meanings: ReadonlyMap<string, number>;
	readonly total: number;
}

/** queryOf weighs the words of a question by how telling they are among the passages. */
export function queryOf(text: string, index: TermIndex): Query {
	const terms = new Set(termsOf(text));
	const meanings = new Map<string, number>();
	for (const term of terms) {
		const meaning = meaningOf(term);
		meanings.set(meaning, Math.max(meanings.get(meaning) ?? 0, index.weight(meaning)));
	}
	return { terms, meanings, total: sum(meanings.values()) };
}

/** coverage says how much of a query some terms speak of, 0 to 1; another word for the same counts a little less. */
export function coverage(query: Query, terms: Iterable<string>): number {
	if (query.total === 0) return 0;
	const found = new Map<string, number>();
	for (const term of terms) {
		const meaning = meaningOf(term);
		const weight = query.meanings.get(meaning);
		if (weight === undefined) continue;
		const worth = query.terms.has(term) ? weight : weight * 0.75;
		found.set(meaning, Math.max(found.get(meaning) ?? 0, worth));
	}
	return sum(found.values()) / query.total;
}

function sum(values: Iterable<number>): number {
	let total = 0;
	for (const value of values) total += value;
	return total;
}

/**
 * centrality scores passages by how much of what the others say they say too, 0 to 1: first against the common vocabulary,
 * then, among the best, along the sentences that share words (TextRank).
 */
export function centrality(index: TermIndex): number[] {
	const shared = againstVocabulary(index);
	const best = shared
		.map((score, at) => ({ score, at }))
		.sort((one, other) => other.score - one.score)
		.slice(0, MAX_LINKED)
		.map(({ at }) => at);
	const linked = textRank(
		best.map((at) => index.terms[at] ?? new Set<string>()),
		index.weight,
	);
	const scores = normalized(shared).map((score) => score * 0.5);
	best.forEach((at, rank) => {
		scores[at] = (scores[at] ?? 0) + 0.5 * (linked[rank] ?? 0);
	});
	return scores;
}

/** Links between sentences cost the square of their number. */
const MAX_LINKED = 300;

function againstVocabulary({ terms, weight }: TermIndex): number[] {
	const counts = new Map<string, number>();
	for (const own of terms) for (const term of own) counts.set(term, (counts.get(term) ?? 0) + 1);
	return terms.map((own) => {
		if (own.size < 3) return 0;
		let sum = 0;
		for (const term of own) {
			const count = counts.get(term) ?? 0;
			if (count > 1) sum += Math.log(count) * weight(term);
		}
		return sum / (own.size + 8);
	});
}

function textRank(sentences: readonly ReadonlySet<string>[], weight: (term: string) => number): number[] {
	const norms = sentences.map((terms) => Math.sqrt([...terms].reduce((sum, term) => sum + weight(term) ** 2, 0)) || 1);
	const users = new Map<string, number[]>();
	sentences.forEach((terms, at) => {
		for (const term of terms) {
			const list = users.get(term);
			if (list === undefined) users.set(term, [at]);
			else list.push(at);
		}
	});
	const links = sentences.map(() => new Map<number, number>());
	for (const [term, list] of users) {
		for (const one of list)
			for (const other of list) {
				if (one !== other) links[one]?.set(other, (links[one]?.get(other) ?? 0) + weight(term) ** 2);
			}
	}
	links.forEach((row, one) => {
		for (const [other, dot] of row) row.set(other, dot / ((norms[one] ?? 1) * (norms[other] ?? 1)));
	});
	const totals = links.map((row) => [...row.values()].reduce((sum, similarity) => sum + similarity, 0));
	let scores = sentences.map(() => 1);
	for (let round = 0; round < 12; round++) {
		const next = sentences.map(() => 0.15);
		links.forEach((row, one) => {
			const share = (0.85 * (scores[one] ?? 0)) / (totals[one] || 1);
			for (const [other, similarity] of row) next[other] = (next[other] ?? 0) + share * similarity;
		});
		scores = next;
	}
	return normalized(scores);
}

function normalized(scores: readonly number[]): number[] {
	const most = scores.reduce((best, score) => Math.max(best, score), 0);
	return scores.map((score) => (most === 0 ? 0 : score / most));
}

/** similarity is the weighted share of terms that two passages have in common, 0 to 1. */
export function similarity(
	one: ReadonlySet<string>,
	other: ReadonlySet<string>,
	weight: (term: string) => number,
): number {
	let both = 0;
	let all = 0;
	for (const term of one) {
		const value = weight(term);
		all += value;
		if (other.has(term)) both += value;
	}
	for (const term of other) if (!one.has(term)) all += weight(term);
	return all === 0 ? 0 : both / all;
}

/** overlap is how much of the shorter of two passages the other one says too, 0 to 1. */
export function overlap(
	one: ReadonlySet<string>,
	other: ReadonlySet<string>,
	weight: (term: string) => number,
): number {
	const [few, many] = one.size <= other.size ? [one, other] : [other, one];
	let both = 0;
	let all = 0;
	for (const term of few) {
		all += weight(term);
		if (many.has(term)) both += weight(term);
	}
	return all === 0 ? 0 : both / all;
}
