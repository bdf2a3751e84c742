/** DAY_MS is a day. */
export const DAY_MS = 86_400_000;

/** Span is a time [from, to), ms since 1970. */
export interface Span {
	readonly from: number;
	readonly to: number;
}

/** utcDay is the day of a time in UTC: `2026-11-21`. */
export function utcDay(at: number): string {
	return new Date(at).toISOString().slice(0, 10);
}

/** startOfDay is when the UTC day of a time began. */
export function startOfDay(at: number): number {
	return Math.floor(at / DAY_MS) * DAY_MS;
}

/** isToday tells whether a span is all that was of the UTC day of `now`: nothing lies in the future. */
export function isToday({ from, to }: Span, now: number): boolean {
	return from === startOfDay(now) && to >= now;
}

/** wholeDays cuts a span into whole UTC days, whose sums are known, and what is left before and after; the last day counts as whole. */
export function wholeDays(
	span: Span,
	now: number,
): { readonly days: Span | undefined; readonly edges: readonly Span[] } {
	const from = Math.ceil(span.from / DAY_MS) * DAY_MS;
	const to = span.to >= now ? startOfDay(now) + DAY_MS : startOfDay(span.to);
	if (from >= to) return { days: undefined, edges: [span] };
	const edges = [
		{ from: span.from, to: from },
		{ from: to, to: span.to },
	];
	return { days: { from, to }, edges: edges.filter((edge) => edge.from < edge.to) };
}
