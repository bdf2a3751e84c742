/** inTurns does work for each item, a few at a time, and gives the results in order; the first failure ends it. */
export async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
	const results: R[] = [];
	for (let at = 0; at < items.length; at += AT_ONCE)
		results.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(work))));
	return results;
}

/** A local model answers one after the other anyway. */
const AT_ONCE = 3;
