import { clarity } from '../clarity.ts';
import type { Corpus } from '../corpus.ts';
import { type Figure, findFigures } from '../figures.ts';
import type { Passage } from '../passages.ts';
import { centrality, coverage, indexTerms, overlap, queryOf, type TermIndex } from '../ranking.ts';
import { meaningOf, termsOf } from '../terms.ts';
import { judgeRelevance, type Relevance } from './relevance.ts';
import { type Theme, themeOf } from './themes.ts';

/** Claim is what one sentence says, with everywhere that it is said; the first passage words it best. */
export interface Claim {
	readonly passage: Passage;
	/** Other documents that say the same, in their words. */
	readonly also: readonly Passage[];
	readonly figures: readonly Figure[];
	readonly terms: ReadonlySet<string>;
	readonly theme: Theme;
	readonly score: number;
}

/** findClaims lists what the documents say on a topic, the most telling first; the same said twice is one claim. What is about `wanted` comes before the rest. */
export function findClaims(
	corpus: Corpus,
	topic: string | undefined,
	wanted = '',
): { claims: Claim[]; relevance: Relevance } {
	const relevance = judgeRelevance(corpus, topic);
	const kept = corpus.passages
		.map((passage, at) => ({ passage, relevance: relevance.scores[at] ?? 0, clear: clarity(passage) }))
		.filter(({ passage, relevance, clear }) => relevance > 0 && clear > 0.1 && !CALLS_TO_ACT.test(passage.plain));
	const index = indexTerms(kept.map(({ passage }) => passage));
	const central = centrality(index);
	const lead = leadOf(kept.map(({ passage }) => passage));
	const query = queryOf(spokenOf(wanted, index), index);
	const single = kept
		.map(({ passage, relevance, clear }, at): Claim => {
			const figures = findFigures(passage.plain);
			const theme = themeOf(passage.plain, figures);
			const told = Math.min(3, figures.filter((figure) => figure.kind !== 'duration').length);
			const near = coverage(query, [...(index.terms[at] ?? []), ...termsOf(passage.section.join(' '))]);
			const worth = 0.35 + 0.5 * (central[at] ?? 0) + 0.16 * told + WORTH[theme] + 0.25 * (lead[at] ?? 0) + 1.5 * near;
			const score = relevance * clear * worth;
			return { passage, also: [], figures, terms: index.terms[at] ?? new Set(), theme, score };
		})
		.sort((one, other) => other.score - one.score)
		.slice(0, MAX_CLAIMS);
	return { claims: joinSame(single, index.weight), relevance };
}

/** The words of a wish that the documents use; one that they lack says nothing about which passage is nearer. */
function spokenOf(wanted: string, { terms }: TermIndex): string {
	if (wanted === '') return '';
	const spoken = new Set(terms.flatMap((own) => [...own].map(meaningOf)));
	return wanted
		.split(/\s+/)
		.filter((word) => termsOf(word).some((term) => spoken.has(meaningOf(term))))
		.join(' ');
}

/** How much a reader gains from a claim by its theme alone: a stand or evidence more than a provision. */
const WORTH: Readonly<Record<Theme, number>> = {
	core: 0,
	money: 0.15,
	dates: 0.15,
	evidence: 0.25,
	favour: 0.3,
	concern: 0.3,
};

/** Every claim is held against every other. */
const MAX_CLAIMS = 400;
const CALLS_TO_ACT =
	/^(?:join|write to|sign|donate|call|contact|visit|click|buy|order|book|help us|get involved|take part|register now|tell your|share|read|watch|listen)\b(?! .{0,60}\b(?:would|will|must|has|have|is|are)\b)/i;

function leadOf(passages: readonly Passage[]): number[] {
	const places = new Map<number, number>();
	return passages.map(({ document }) => {
		const place = places.get(document) ?? 0;
		places.set(document, place + 1);
		return Math.max(0, 1 - place / 4);
	});
}

function joinSame(claims: readonly Claim[], weight: (term: string) => number): Claim[] {
	const joined: { claim: Claim; also: Passage[] }[] = [];
	for (const claim of claims) {
		const same = joined.find(({ claim: other }) => saysSame(claim, other, weight));
		if (same === undefined) joined.push({ claim, also: [] });
		else if (isCopyOf(same.claim, claim)) {
			// Of word for word the same the earlier document keeps the word; the other one copied it.
			same.also.unshift(same.claim.passage);
			same.claim = { ...same.claim, passage: claim.passage };
		} else if (![same.claim.passage, ...same.also].some(({ document }) => document === claim.passage.document)) {
			same.also.push(claim.passage);
		}
	}
	return joined
		.map(({ claim, also }) => ({ ...claim, also, score: claim.score * (1 + 0.15 * Math.min(3, also.length)) }))
		.sort((one, other) => other.score - one.score);
}

function isCopyOf({ passage }: Claim, { passage: earlier }: Claim): boolean {
	return passage.plain === earlier.plain && earlier.document < passage.document;
}

/** Nearly the same words, or the same sums and dates in much the same words. */
function saysSame(one: Claim, other: Claim, weight: (term: string) => number): boolean {
	const [hard, otherHard] = [hardFigures(one), hardFigures(other)];
	if (hard !== otherHard) return false;
	const common = overlap(one.terms, other.terms, weight);
	if (common > 0.8) return figuresOf(one) === figuresOf(other) || common > 0.95;
	if (one.passage.kind === 'row' || other.passage.kind === 'row') return false;
	return hard !== '' && sharedMeanings(one, other) >= 2;
}

/** The sums and days of a claim, in order of size. */
function hardFigures({ figures }: Claim): string {
	return keys(figures.filter(({ kind }) => kind === 'money' || kind === 'date'));
}

function figuresOf({ figures }: Claim): string {
	return keys(figures);
}

function keys(figures: readonly Figure[]): string {
	return [...new Set(figures.map(({ kind, value, unit }) => `${kind} ${value} ${unit}`))].sort().join('; ');
}

function sharedMeanings(one: Claim, other: Claim): number {
	const figures = new Set([...one.figures, ...other.figures].flatMap(({ text }) => text.toLowerCase().split(/[\s-]+/)));
	const own = new Set([...one.terms].filter((term) => !figures.has(term)).map(meaningOf));
	return [...other.terms].map(meaningOf).filter((meaning) => own.has(meaning)).length;
}
