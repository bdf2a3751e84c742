import { Cron } from 'croner';
import { LRUCache } from 'lru-cache';

/** Many schedules share a rule, and reading one takes longer than asking it. */
const compiled = new LRUCache<string, Cron>({ max: 1_000 });

/** nextCron is the first time after a time that a cron line names; undefined where none comes. */
export function nextCron(cron: string, timeZone: string, after: number): number | undefined {
	// The library looks at whole seconds.
	return cronOf(cron, timeZone)
		.nextRun(new Date(Math.floor(after / 1_000) * 1_000))
		?.getTime();
}

/** cronBefore lists at most so many times before a time, latest first. */
export function cronBefore(cron: string, timeZone: string, before: number, most: number): number[] {
	return cronOf(cron, timeZone)
		.previousRuns(most, new Date(Math.ceil(before / 1_000) * 1_000))
		.map((date) => date.getTime());
}

/** cronProblem says why a cron line cannot be read; undefined where it can. */
export function cronProblem(cron: string, timeZone: string): string | undefined {
	try {
		cronOf(cron, timeZone);
		return undefined;
	} catch (error) {
		return error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error);
	}
}

function cronOf(cron: string, timezone: string): Cron {
	const key = `${timezone} ${cron}`;
	const known = compiled.get(key);
	if (known !== undefined) return known;
	// With a time of the day that is named, a local time that the clock skips falls right after the gap, and one that comes twice counts once.
	const made = new Cron(cron, { paused: true, timezone, mode: '5-or-6-parts', fixedTimeRule: 'no-wildcard' });
	compiled.set(key, made);
	return made;
}
