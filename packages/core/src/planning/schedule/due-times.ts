import { isTimeZone } from '../../domain/person/wall-time.ts';
import type { ScheduleRule } from '../../domain/schedule/schedule.ts';
import { cronBefore, cronProblem, nextCron } from './cron-times.ts';
import { everyBefore, nextEvery } from './every-times.ts';

/** No schedule looks further ahead. */
const HORIZON_MS = 50 * 366 * 86_400_000;
/** Due times that the shortest gap is found among. */
const GAPS = 64;
const FEW = 8;

/** nextDue is the first due time of a rule after a time (ms since 1970), jitter left aside; undefined where there is none. */
export function nextDue(rule: ScheduleRule, after: number): number | undefined {
	const from = Math.max(after, (rule.notBefore ?? after + 1) - 1);
	const due = nextOf(rule, from);
	if (due === undefined || due > (rule.notAfter ?? due) || due - after > HORIZON_MS) return undefined;
	return due;
}

/** Dues are due times of some time, oldest first; `more`: there were still more before them. */
export interface Dues {
	readonly dues: readonly number[];
	readonly more: boolean;
}

/** duesBetween lists the latest due times after `from`, up to and with `to`: at most so many. */
export function duesBetween(rule: ScheduleRule, from: number, to: number, most: number): Dues {
	const after = Math.max(from, (rule.notBefore ?? from + 1) - 1);
	const until = Math.min(to, rule.notAfter ?? to);
	let listed: readonly number[] = [];
	// Looking back takes as long as it looks far.
	for (let count = Math.min(FEW, most + 1); ; count = Math.min(count * FEW, most + 1)) {
		listed = latestBefore(rule, until + 1, count);
		if (listed.length < count || count > most || (listed.at(-1) ?? after) <= after) break;
	}
	const latest = listed.filter((due) => due > after && due <= until);
	return { dues: latest.slice(0, most).reverse(), more: latest.length > most };
}

/** shortestGap is the shortest time between the next due times; infinite where there are not two. */
export function shortestGap(rule: ScheduleRule, after: number): number {
	if (rule.timing.kind === 'every') return rule.timing.everyMs;
	if (rule.timing.kind === 'once') return Number.POSITIVE_INFINITY;
	let shortest = Number.POSITIVE_INFINITY;
	let due = nextDue(rule, after);
	for (let count = 0; count < GAPS && due !== undefined; count++) {
		const following = nextDue(rule, due);
		if (following !== undefined) shortest = Math.min(shortest, following - due);
		due = following;
	}
	return shortest;
}

/** ruleProblem says why a rule cannot be followed; undefined where it can. */
export function ruleProblem({ timing, timeZone, notBefore, notAfter }: ScheduleRule): string | undefined {
	if (!isTimeZone(timeZone)) return `"${timeZone}" is no time zone that is known here`;
	if (notBefore !== undefined && notAfter !== undefined && notAfter < notBefore) return 'it ends before it begins';
	return timing.kind === 'cron' ? cronProblem(timing.cron, timeZone) : undefined;
}

function nextOf({ timing, timeZone }: ScheduleRule, after: number): number | undefined {
	switch (timing.kind) {
		case 'cron':
			return nextCron(timing.cron, timeZone, after);
		case 'every':
			return nextEvery(timing, timeZone, after);
		case 'once':
			return timing.at > after ? timing.at : undefined;
	}
}

function latestBefore({ timing, timeZone }: ScheduleRule, before: number, most: number): number[] {
	switch (timing.kind) {
		case 'cron':
			return cronBefore(timing.cron, timeZone, before, most);
		case 'every':
			return everyBefore(timing, timeZone, before, most);
		case 'once':
			return timing.at < before ? [timing.at] : [];
	}
}
