import { Cron } from 'croner';
import { LRUCache } from 'lru-cache';
import { cronLines, MOST_CRON_LINES } from './cron-lines.ts';

/** Many schedules share a rule, and reading one takes longer than asking it. */
const compiled = new LRUCache<string, readonly Cron[]>({ max: 1_000 });

/** nextCron is the first time after a time that a cron line names; undefined where none comes. */
export function nextCron(cron: string, timeZone: string, after: number): number | undefined {
	// The library looks at whole seconds.
	const from = new Date(Math.floor(after / 1_000) * 1_000);
	let first: number | undefined;
	for (const line of linesOf(cron, timeZone)) {
		const due = line.nextRun(from)?.getTime();
		if (due !== undefined && (first === undefined || due < first)) first = due;
	}
	return first;
}

/** cronBefore lists at most so many times before a time, latest first. */
export function cronBefore(cron: string, timeZone: string, before: number, most: number): number[] {
	const until = new Date(Math.ceil(before / 1_000) * 1_000);
	const [line, ...more] = linesOf(cron, timeZone).map((one) =>
		one.previousRuns(most, until).map((date) => date.getTime()),
	);
	if (more.length === 0) return line ?? [];
	// What two of its lines name is due once.
	return [...new Set([...(line ?? []), ...more.flat()])].toSorted((one, other) => other - one).slice(0, most);
}

/** cronProblem says why a cron line cannot be read; undefined where it can. */
export function cronProblem(cron: string, timeZone: string): string | undefined {
	try {
		linesOf(cron, timeZone);
		return undefined;
	} catch (error) {
		return error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error);
	}
}

function linesOf(cron: string, timezone: string): readonly Cron[] {
	const key = `${timezone} ${cron}`;
	const known = compiled.get(key);
	if (known !== undefined) return known;
	const lines = cronLines(cron);
	if (lines.length > MOST_CRON_LINES)
		throw new RangeError(`it has ${lines.length} lines; ${MOST_CRON_LINES} is the most`);
	// With a time of the day that is named, a local time that the clock skips falls right after the gap, and one that comes twice counts once.
	const made = lines.map(
		(line) => new Cron(line, { paused: true, timezone, mode: '5-or-6-parts', fixedTimeRule: 'no-wildcard' }),
	);
	compiled.set(key, made);
	return made;
}
