import type { Corpus } from '../corpus.ts';
import type { Passage } from '../passages.ts';
import { meaningOf, termsOf } from '../terms.ts';

/** Relevance says of each passage how much it is on a topic (0 to 1), and which documents say something on it. */
export interface Relevance {
	readonly scores: readonly number[];
	readonly documents: ReadonlySet<number>;
}

/**
 * judgeRelevance tells what is on a topic. A document about it counts as a whole; one that only mentions it counts under the
 * heading or near the sentence that does, so that the other items of the minutes stay out. Without a topic everything counts.
 */
export function judgeRelevance(corpus: Corpus, topic: string | undefined): Relevance {
	const wanted = topic === undefined ? [] : termsOf(topic).map(meaningOf);
	const { passages, documents } = corpus;
	if (wanted.length === 0) {
		return { scores: passages.map(() => 1), documents: new Set(passages.map(({ document }) => document)) };
	}
	const hits = passages.map(({ plain }) => mentions(plain, wanted));
	const vocabulary = vocabularyOf(corpus, hits);
	const scores = passages.map(() => 0);
	const relevant = new Set<number>();
	const places = Map.groupBy(
		passages.map((_, at) => at),
		(at) => passages[at]?.document ?? 0,
	);
	for (const [document, ats] of places) {
		const own = ats.filter((at) => hits[at]);
		const title = documents[document]?.title ?? '';
		const byHeading = new Set(ats.filter((at) => passages[at]?.section.some((heading) => mentions(heading, wanted))));
		if (own.length === 0 && byHeading.size === 0 && !mentions(title, wanted)) continue;
		relevant.add(document);
		const about = isAbout(
			title,
			wanted,
			own.map((at) => ats.indexOf(at)),
			ats.length,
		);
		for (const at of ats) {
			const near = nearness(at, own, passages);
			const base = about ? 0.75 : byHeading.has(at) ? 0.65 : near;
			const told = base * (0.8 + 0.2 * shareOf(corpus, at, vocabulary));
			scores[at] = hits[at] ? (about ? 1 : 0.8) : told;
		}
	}
	return { scores, documents: relevant };
}

/** A text speaks of a topic when it has all of its words near each other, or two of three or more that follow each other in it. */
function mentions(text: string, wanted: readonly string[]): boolean {
	const places = text
		.split(/\s+/)
		.flatMap((word, at) => termsOf(word).map((term) => ({ at, meaning: meaningOf(term) })));
	const hits = places.filter(({ meaning }) => wanted.includes(meaning));
	if (narrowest(hits, new Set(wanted).size) <= wanted.length + (wanted.length < 3 ? 2 : 6)) return true;
	if (wanted.length < 3) return false;
	return places.some(({ meaning }, index) => {
		const next = wanted[wanted.indexOf(meaning) + 1];
		return wanted.includes(meaning) && next !== undefined && places[index + 1]?.meaning === next;
	});
}

/** The fewest words in a row that hold as many different meanings. */
function narrowest(hits: readonly { at: number; meaning: string }[], different: number): number {
	const last = new Map<string, number>();
	let least = Number.POSITIVE_INFINITY;
	for (const { at, meaning } of hits) {
		last.set(meaning, at);
		if (last.size === different) least = Math.min(least, at - Math.min(...last.values()) + 1);
	}
	return least;
}

function isAbout(title: string, wanted: readonly string[], hits: readonly number[], length: number): boolean {
	if (mentions(title, wanted)) return true;
	const own = new Set(termsOf(title).map(meaningOf));
	const named = wanted.filter((term) => own.has(term)).length / wanted.length;
	const early = hits.some((at) => at < 3);
	return (named >= 0.5 && hits.length > 0) || (early && hits.length >= 2) || hits.length >= Math.max(4, length * 0.2);
}

const NEAR = 5;

/** In the same section as a mention, and not far from it. */
function nearness(at: number, hits: readonly number[], passages: readonly Passage[]): number {
	const section = passages[at]?.section.join('\n');
	const distances = hits
		.filter((hit) => passages[hit]?.section.join('\n') === section)
		.map((hit) => Math.abs(hit - at));
	const least = distances.length === 0 ? Number.POSITIVE_INFINITY : Math.min(...distances);
	return least <= NEAR ? 0.65 - 0.05 * least : 0;
}

/** The words that two or more documents use where they speak of the topic. */
function vocabularyOf({ passages, index }: Corpus, hits: readonly boolean[]): ReadonlySet<string> {
	const users = new Map<string, Set<number>>();
	passages.forEach(({ document }, at) => {
		if (!hits[at]) return;
		for (const term of index.terms[at] ?? []) users.set(term, (users.get(term) ?? new Set()).add(document));
	});
	return new Set([...users].filter(([, documents]) => documents.size > 1).map(([term]) => term));
}

function shareOf({ index }: Corpus, at: number, vocabulary: ReadonlySet<string>): number {
	const terms = [...(index.terms[at] ?? [])];
	return terms.length === 0 ? 0 : Math.min(1, (3 * terms.filter((term) => vocabulary.has(term)).length) / terms.length);
}
