const DAY_MS = 86_400_000;

/** Bar is one day of a chart; `share` is its height between 0 and 1. */
export interface Bar {
	readonly day: string;
	readonly value: number;
	readonly share: number;
}

/** dailyBars is a bar for each UTC day of [from, to], with days without anything as well. */
export function dailyBars(
	sums: readonly { readonly key: string; readonly value: number }[],
	from: number,
	to: number,
): readonly Bar[] {
	const values = new Map(sums.map(({ key, value }) => [key, value]));
	const most = Math.max(...sums.map(({ value }) => value), 0);
	const bars: Bar[] = [];
	for (let at = Math.floor(from / DAY_MS) * DAY_MS; at <= to; at += DAY_MS) {
		const day = new Date(at).toISOString().slice(0, 10);
		const value = values.get(day) ?? 0;
		bars.push({ day, value, share: most === 0 ? 0 : value / most });
	}
	return bars;
}
