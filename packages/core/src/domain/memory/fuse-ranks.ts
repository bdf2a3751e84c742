/** RRF's usual constant: how slowly a rank loses its weight (Cormack, Clarke, Büttcher, 2009). */
const K = 60;

/** fuseRanks joins several rankings by reciprocal rank; a score of 1 is first in each of them. */
export function fuseRanks(rankings: readonly (readonly string[])[], limit: number): { id: string; score: number }[] {
	const asked = rankings.filter((ranking) => ranking.length > 0);
	const scores = new Map<string, number>();
	for (const ranking of asked) {
		for (const [place, id] of ranking.entries()) scores.set(id, (scores.get(id) ?? 0) + 1 / (K + place + 1));
	}
	const most = asked.length / (K + 1);
	return [...scores]
		.map(([id, score]) => ({ id, score: Math.min(1, score / most) }))
		.sort((one, other) => other.score - one.score || (one.id < other.id ? -1 : 1))
		.slice(0, limit);
}
