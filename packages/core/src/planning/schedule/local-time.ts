import { wallTime } from '../../domain/person/wall-time.ts';

const DAY_MS = 86_400_000;

/**
 * instantOf is when a clock on a wall of this time zone shows a time (as `wallTime` writes it), ms since 1970: the first time where
 * it shows it twice, and right after the gap where it never does.
 */
export function instantOf(timeZone: string, wall: number): number {
	const offset = (at: number) => wallTime(timeZone, at) - at;
	const [before, after] = [offset(wall - DAY_MS), offset(wall + DAY_MS)];
	const found = [wall - before, wall - after].filter((at) => wallTime(timeZone, at) === wall);
	if (found.length > 0) return Math.min(...found);
	// The clock is put forward somewhere between the two.
	let [low, high] = [Math.min(wall - before, wall - after), Math.max(wall - before, wall - after)];
	if (offset(low) === offset(high)) return high;
	const first = offset(low);
	while (high - low > 1) {
		const middle = Math.floor((low + high) / 2);
		if (offset(middle) === first) low = middle;
		else high = middle;
	}
	return high;
}
