/** dueAt is when a stream must be looked at again: 0 for now, a time, or null when nothing is owed. */
export function dueAt(
	work: readonly ({ readonly kind: 'wait'; readonly until: number } | { readonly kind: string })[],
): number | null {
	if (work.length === 0) return null;
	return Math.min(...work.map((item) => ('until' in item ? item.until : 0)));
}
