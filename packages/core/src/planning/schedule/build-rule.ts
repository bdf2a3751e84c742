import { wallTime } from '../../domain/person/wall-time.ts';
import type { ScheduleRule } from '../../domain/schedule/schedule.ts';
import { cronLines, cronOfTimes, MOST_CRON_LINES } from './cron-lines.ts';
import { nextDue } from './due-times.ts';
import { instantOf } from './local-time.ts';
import type { ClockTime, Given, Moment, Phrase, Recurrence } from './phrase.ts';

/** BuiltRule is the rule that a phrase means, or why there is none. */
export type BuiltRule = { readonly rule: ScheduleRule } | { readonly why: string };

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Where no time of the day was said. */
const DEFAULT_TIME: ClockTime = { hour: 9, minute: 0, second: 0 };

/** buildRule makes a rule of what words said. */
export function buildRule(phrase: Phrase, { now, ...given }: Given): BuiltRule {
	if (phrase.refused !== undefined) return { why: phrase.refused };
	const timeZone = phrase.timeZone ?? given.timeZone;
	const made = timingOf(phrase, { now, timeZone });
	if ('why' in made) return made;
	const { timing } = made;
	const from = phrase.from === undefined || made.counted === true ? undefined : instant(phrase.from, timeZone, START);
	const until = phrase.until === undefined ? undefined : instant(phrase.until, timeZone, END);
	const rule: ScheduleRule = {
		timing,
		timeZone,
		jitterMs: 0,
		catchUp: 'once',
		...(from === undefined ? {} : { notBefore: from }),
		...(until === undefined ? {} : { notAfter: until }),
		...(phrase.maxRuns === undefined ? {} : { maxRuns: phrase.maxRuns }),
	};
	if (timing.kind === 'once' && timing.at <= now) return { why: 'that time is over' };
	return nextDue(rule, now) === undefined ? { why: 'that never comes' } : { rule };
}

const START: ClockTime = { hour: 0, minute: 0, second: 0 };
const END: ClockTime = { hour: 23, minute: 59, second: 59 };
type Made = { readonly timing: ScheduleRule['timing']; readonly counted?: boolean } | { readonly why: string };

function timingOf(phrase: Phrase, given: Given): Made {
	const { cron, recurrence, times } = phrase;
	if (cron !== undefined) return { timing: { kind: 'cron', cron } };
	if (recurrence === undefined) return once(phrase, given);
	switch (recurrence.kind) {
		case 'dates':
			return onDates(recurrence, times ?? [DEFAULT_TIME]);
		case 'interval':
			return interval(recurrence, phrase, given);
		case 'days':
			return everyDays(recurrence, phrase, given);
	}
}

function once({ moment, times }: Phrase, { now, timeZone }: Given): Made {
	const [time = DEFAULT_TIME, ...more] = times ?? [];
	if (more.length > 0) return { why: 'for several times on one day, set up one schedule each' };
	if (moment?.kind === 'instant') return { timing: { kind: 'once', at: moment.at } };
	if (moment !== undefined) {
		const at = atDay(moment, time, timeZone);
		// "On Sunday at 9", said on a Sunday at ten, means the next one.
		const again =
			moment.weekly && at <= now ? atDay({ ...moment, wall: moment.wall + 7 * DAY_MS }, time, timeZone) : at;
		return { timing: { kind: 'once', at: again } };
	}
	const wall = wallTime(timeZone, now);
	const today = Math.floor(wall / DAY_MS) * DAY_MS + inDay(time);
	const at = instantOf(timeZone, today);
	return { timing: { kind: 'once', at: at > now ? at : instantOf(timeZone, today + DAY_MS) } };
}

function onDates({ day, month, weekday }: Extract<Recurrence, { kind: 'dates' }>, times: readonly ClockTime[]): Made {
	const cron = cronOfTimes(times, `${day} ${month} ${weekday}`);
	if (cronLines(cron).length > MOST_CRON_LINES) return { why: 'there are too many times of one day' };
	return { timing: { kind: 'cron', cron } };
}

/** On the clock where that comes out even, else from now on. */
function interval(
	{ unitMs, count, weekday = '*' }: Extract<Recurrence, { kind: 'interval' }>,
	{ hours, times, from }: Phrase,
	{ now, timeZone }: Given,
): Made {
	if (times !== undefined) return { why: 'an interval has no time of the day; say between which hours, or from when' };
	const kept = hours !== undefined || weekday !== '*';
	const range = hours === undefined ? '*' : `${hours.from}-${hours.to}`;
	const within = hours === undefined ? '*' : `${hours.from}-${hours.to - 1}`;
	if (unitMs === HOUR_MS && count < 24 && 24 % count === 0 && from === undefined) {
		const every = count === 1 ? range : `${range}/${count}`;
		return { timing: { kind: 'cron', cron: `0 ${every} * * ${weekday}` } };
	}
	if (kept && unitMs === 60_000 && count < 60 && 60 % count === 0) {
		return { timing: { kind: 'cron', cron: `${count === 1 ? '*' : `*/${count}`} ${within} * * ${weekday}` } };
	}
	if (kept)
		return { why: 'only 1, 2, 3, 4, 5, 6, 10, 12, 15, 20 or 30 minutes, or hours, can be kept to some hours or days' };
	const everyMs = unitMs * count;
	if (everyMs > 100 * 366 * DAY_MS) return { why: 'that never comes' };
	const start = from === undefined ? undefined : instant(from, timeZone, START);
	if (start !== undefined) return { timing: { kind: 'every', everyMs, from: start }, counted: true };
	if (unitMs !== HOUR_MS) return { timing: { kind: 'every', everyMs } };
	return { timing: { kind: 'every', everyMs, from: Math.floor(now / 1_000) * 1_000 + everyMs } };
}

function everyDays(
	{ count, weekday }: Extract<Recurrence, { kind: 'days' }>,
	{ times, from }: Phrase,
	{ now, timeZone }: Given,
): Made {
	const [time, ...more] = times ?? [];
	if (more.length > 0) return { why: 'for several times on one day, set up one schedule each' };
	if (count > 36_600) return { why: 'that never comes' };
	const everyMs = count * DAY_MS;
	if (from?.kind === 'instant') return { timing: { kind: 'every', everyMs, from: from.at }, counted: true };
	const first = from === undefined ? Math.floor(wallTime(timeZone, now) / DAY_MS) * DAY_MS : from.wall;
	for (let wall = first; ; wall += DAY_MS) {
		if (weekday !== undefined && new Date(wall).getUTCDay() !== weekday) continue;
		const at = instantOf(
			timeZone,
			wall + inDay(time ?? (from?.kind === 'day' ? from.time : undefined) ?? DEFAULT_TIME),
		);
		if (from !== undefined || at > now) return { timing: { kind: 'every', everyMs, from: at }, counted: true };
	}
}

function instant(moment: Moment, timeZone: string, otherwise: ClockTime): number {
	return moment.kind === 'instant' ? moment.at : atDay(moment, moment.time ?? otherwise, timeZone);
}

function atDay({ wall, offsetMinutes }: Extract<Moment, { kind: 'day' }>, time: ClockTime, timeZone: string): number {
	const shown = wall + inDay(time);
	return offsetMinutes === undefined ? instantOf(timeZone, shown) : shown - offsetMinutes * 60_000;
}

function inDay({ hour, minute, second }: ClockTime): number {
	return hour * HOUR_MS + minute * 60_000 + second * 1_000;
}
