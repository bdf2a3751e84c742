import type { Corpus } from '../corpus.ts';
import { similarity } from '../ranking.ts';
import { type Claim, findClaims } from './claims.ts';
import { type Difference, findDifferences } from './differences.ts';
import { THEMES, type Theme } from './themes.ts';

/** Point is a claim worth telling, with the claims that contradict it. */
export interface Point {
	readonly claim: Claim;
	readonly against: readonly Difference[];
}

/** Points is what some documents say on a topic, grouped by theme, and which of them say nothing. */
export interface Points {
	readonly groups: readonly { readonly theme: Theme; readonly points: readonly Point[] }[];
	/** The points that tell most, over all groups. */
	readonly best: readonly Point[];
	/** Themes that no document speaks of. */
	readonly absent: readonly Theme[];
	/** Documents that say nothing on the topic. */
	readonly silent: readonly number[];
}

/** findPoints chooses up to `most` points so that the themes and the documents all have a say, those about `wanted` first. */
export function findPoints(corpus: Corpus, topic: string | undefined, most: number, wanted?: string): Points {
	const { claims, relevance } = findClaims(corpus, topic, wanted);
	const { weight } = corpus.index;
	const differences = findDifferences(claims, topic, weight);
	const chosen = choose(claims, differences, most, weight);
	const groups = THEMES.map((theme) => ({
		theme,
		points: chosen
			.filter(({ claim }) => claim.theme === theme)
			.sort((one, other) => other.claim.score - one.claim.score),
	})).filter(({ points }) => points.length > 0);
	const spoken = new Set(claims.map(({ theme }) => theme));
	return {
		groups,
		best: chosen,
		absent: THEMES.filter((theme) => theme !== 'core' && !spoken.has(theme)),
		silent: corpus.documents.map((_, index) => index).filter((index) => !relevance.documents.has(index)),
	};
}

function choose(
	claims: readonly Claim[],
	differences: readonly Difference[],
	most: number,
	weight: (term: string) => number,
): Point[] {
	const disputed = new Set(differences.flatMap(({ one, other }) => [one, other]));
	const chosen: Point[] = [];
	const told = new Set<Claim>();
	const left = new Set(claims);
	while (chosen.length < most && left.size > 0) {
		const best = bestOf(left, chosen, { disputed, told, weight });
		if (best === undefined) break;
		left.delete(best);
		const against = differences.filter(
			({ one, other }) => (one === best && !told.has(other)) || (other === best && !told.has(one)),
		);
		chosen.push({ claim: best, against });
		for (const { one, other } of [{ one: best, other: best }, ...against]) {
			told.add(one).add(other);
			left.delete(one);
			left.delete(other);
		}
	}
	return chosen;
}

interface Choice {
	readonly disputed: ReadonlySet<Claim>;
	readonly told: ReadonlySet<Claim>;
	readonly weight: (term: string) => number;
}

const LEAST = 0.25;

/** Where sources differ is worth knowing; a document or theme that has not had its say yet comes before one that had. */
function bestOf(
	left: ReadonlySet<Claim>,
	chosen: readonly Point[],
	{ disputed, told, weight }: Choice,
): Claim | undefined {
	const documents = countBy(
		[...told].flatMap(({ passage, also }) => [passage, ...also].map(({ document }) => document)),
	);
	const themes = countBy(chosen.map(({ claim }) => claim.theme));
	let best: { claim: Claim; score: number } | undefined;
	for (const claim of left) {
		let nearest = 0;
		for (const other of told) nearest = Math.max(nearest, similarity(claim.terms, other.terms, weight));
		if (nearest > 0.55) continue;
		const score =
			claim.score *
			(1 - nearest) *
			(disputed.has(claim) ? 2 : 1) *
			(disputed.has(claim) ? 0.85 : 0.62) ** (documents.get(claim.passage.document) ?? 0) *
			0.8 ** (themes.get(claim.theme) ?? 0);
		if (claim.score >= LEAST && (best === undefined || score > best.score)) best = { claim, score };
	}
	return best?.claim;
}

function countBy<T>(things: readonly T[]): Map<T, number> {
	const counts = new Map<T, number>();
	for (const thing of things) counts.set(thing, (counts.get(thing) ?? 0) + 1);
	return counts;
}
