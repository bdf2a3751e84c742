import { wallTime } from '../../domain/person/wall-time.ts';
import { instantOf } from './local-time.ts';

interface Every {
	readonly everyMs: number;
	readonly from?: number | undefined;
}

const DAY_MS = 86_400_000;

/** nextEvery is the first time of an interval after a time. Whole days from a day on are counted on the calendar, so that the time of the day stays. */
export function nextEvery(every: Every, timeZone: string, after: number): number {
	const { everyMs, from = 0 } = every;
	if (from > after) return from;
	if (!countsDays(every)) return from + (Math.floor((after - from) / everyMs) + 1) * everyMs;
	let count = Math.max(1, Math.floor((after - from) / everyMs) - 1);
	for (;;) {
		const at = dayAt(every, timeZone, count);
		if (at > after) return at;
		count += 1;
	}
}

/** everyBefore lists at most so many times of an interval before a time, latest first. */
export function everyBefore(every: Every, timeZone: string, before: number, most: number): number[] {
	const { everyMs, from } = every;
	const start = from ?? 0;
	const found: number[] = [];
	const highest = Math.floor((before - start) / everyMs) + 1;
	for (let count = highest; count >= 0 && found.length < most; count--) {
		const at = countsDays(every) ? dayAt(every, timeZone, count) : start + count * everyMs;
		if (at < before) found.push(at);
	}
	return found;
}

function countsDays({ everyMs, from }: Every): boolean {
	return from !== undefined && everyMs % DAY_MS === 0;
}

function dayAt({ everyMs, from = 0 }: Every, timeZone: string, count: number): number {
	return count === 0 ? from : instantOf(timeZone, wallTime(timeZone, from) + count * everyMs);
}
