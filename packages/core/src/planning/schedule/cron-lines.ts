import type { ClockTime } from './phrase.ts';

/** MOST_CRON_LINES bounds one rule. */
export const MOST_CRON_LINES = 24;

/** cronLines are the lines that a rule is made of; it falls due whenever one of them does: `0 8 * * *; 30 17 * * *`. */
export function cronLines(cron: string): readonly string[] {
	return cron.split(';').map((line) => line.trim());
}

/** cronOfTimes writes times of the day on some days (the last three fields of a line): one line for all hours of the same minute. */
export function cronOfTimes(times: readonly ClockTime[], days: string): string {
	const byMinute = Map.groupBy(
		times.toSorted(earlier),
		({ minute, second }) => `${second === 0 ? '' : `${second} `}${minute}`,
	);
	return [...byMinute]
		.map(([minute, some]) => `${minute} ${[...new Set(some.map(({ hour }) => hour))].join(',')} ${days}`)
		.join('; ');
}

function earlier(one: ClockTime, other: ClockTime): number {
	return one.hour - other.hour || one.minute - other.minute || one.second - other.second;
}
