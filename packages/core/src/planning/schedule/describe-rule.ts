import { DAY_NAMES, MONTH_NAMES } from '../../domain/calendar-names.ts';
import { wallTime } from '../../domain/person/wall-time.ts';
import type { ScheduleRule } from '../../domain/schedule/schedule.ts';
import { cronLines, cronOfTimes } from './cron-lines.ts';
import { instantOf } from './local-time.ts';
import type { ClockTime } from './phrase.ts';

const DAY_MS = 86_400_000;
const UNITS: readonly (readonly [number, string])[] = [
	[3_600_000, 'hour'],
	[60_000, 'minute'],
	[1_000, 'second'],
];

/** describeRule says a rule in words that `parseSchedule` reads back: `every weekday at 07:00 (Europe/Berlin)`. */
export function describeRule(rule: ScheduleRule): string {
	const { timing, timeZone, notBefore, notAfter, maxRuns } = rule;
	const parts = [timingWords(timing, timeZone)];
	if (notBefore !== undefined) parts.push(`from ${momentWords(notBefore, timeZone)}`);
	if (notAfter !== undefined) parts.push(`until ${momentWords(notAfter, timeZone)}`);
	if (maxRuns !== undefined) parts.push(maxRuns === 1 ? '1 time' : `${maxRuns} times`);
	return `${parts.join(' ')} (${timeZone})`;
}

function timingWords(timing: ScheduleRule['timing'], timeZone: string): string {
	switch (timing.kind) {
		case 'cron':
			return cronWords(timing.cron);
		case 'once':
			return `on ${momentWords(timing.at, timeZone)}`.replace(/^on (?=\d{4}-)/, '');
		case 'every':
			return everyWords(timing, timeZone);
	}
}

function everyWords({ everyMs, from }: { everyMs: number; from?: number | undefined }, timeZone: string): string {
	if (from !== undefined && everyMs % DAY_MS === 0) {
		return `${counted(everyMs / DAY_MS, 'day', 2)} from ${momentWords(from, timeZone)}`;
	}
	// Whole hours by themselves mean the hours of a clock.
	const units = from === undefined ? UNITS.slice(1) : UNITS;
	const [unitMs, unit] = units.find(([ms]) => everyMs % ms === 0) ?? [1, 'millisecond'];
	const words = counted(everyMs / unitMs, unit);
	return from === undefined ? words : `${words} from ${momentWords(from, timeZone)}`;
}

function counted(count: number, unit: string, plural = 1): string {
	return count === 1 && plural === 1 ? `every ${unit}` : `every ${count} ${unit}s`;
}

/** A time as people write it, where that says all of it. */
function momentWords(at: number, timeZone: string): string {
	const shown = wallTime(timeZone, at);
	if (at % 1_000 !== 0 || instantOf(timeZone, shown) !== at) return new Date(at).toISOString();
	const wall = new Date(shown);
	const time = clockWords(wall.getUTCHours(), wall.getUTCMinutes(), wall.getUTCSeconds());
	return `${wall.getUTCDate()} ${MONTH_NAMES[wall.getUTCMonth()]} ${wall.getUTCFullYear()} at ${time}`;
}

function cronWords(cron: string): string {
	return datedWords(cron) ?? hourlyWords(cron) ?? `cron \`${cron}\``;
}

const DATED =
	/^(?:(\d{1,2}) )?(\d{1,2}) (\d{1,2}(?:,\d{1,2})*) (\*|L|\d{1,2}(?:,\d{1,2})*) (\*|\d{1,2}|\*\/\d{1,2}) (\*|[0-6](?:,[0-6])*|1-5|[0-6]#(?:[1-5]|L))$/;

/** `every day at 08:00 and 17:30`: the same days in each of its lines. */
function datedWords(cron: string): string | undefined {
	const times: ClockTime[] = [];
	let on: string | undefined;
	for (const line of cronLines(cron)) {
		const [, second = '0', minute = '', hours = '', ...days] = DATED.exec(line) ?? [];
		if (minute === '' || (on !== undefined && on !== days.join(' '))) return undefined;
		on = days.join(' ');
		times.push(...hours.split(',').map((hour) => ({ hour: +hour, minute: +minute, second: +second })));
	}
	const words = on === undefined ? undefined : dayWords(...(on.split(' ') as [string, string, string]));
	const isEven = times.every(({ hour, minute, second }) => hour < 24 && minute < 60 && second < 60);
	// Only what is written as words would be read again.
	if (words === undefined || !isEven || cronOfTimes(times, on ?? '') !== cron) return undefined;
	const sortedTimes = times.map(({ hour, minute, second }) => clockWords(hour, minute, second)).toSorted();
	return `${words} at ${listed(sortedTimes)}`;
}

function dayWords(day: string, month: string, weekday: string): string | undefined {
	if (day === '*' && month === '*') return weekdayWords(weekday);
	if (weekday !== '*' || (day !== 'L' && sorted(day) !== day)) return undefined;
	const which =
		day === 'L'
			? 'the last day'
			: `the ${listed(
					day.split(',').map((one) => ordinal(Number(one))),
					'the ',
				)}`;
	if (month === '*' && day !== '*') return `every month on ${which}`;
	const every = /^\*\/([2346])$/.exec(month)?.[1];
	if (every !== undefined && day === '1') return `every ${every} months`;
	if (!/^\d+$/.test(month) || !/^\d+$/.test(day) || String(Number(month)) !== month) return undefined;
	const name = MONTH_NAMES[Number(month) - 1];
	return name === undefined ? undefined : `every year on ${Number(day)} ${name}`;
}

function weekdayWords(weekday: string): string | undefined {
	if (weekday === '*') return 'every day';
	if (weekday === '1-5') return 'every weekday';
	if (weekday === '0,6') return 'every weekend';
	const nth = /^([0-6])#([1-5L])$/.exec(weekday);
	if (nth !== null) {
		const which = nth[2] === 'L' ? 'last' : ordinal(Number(nth[2]));
		return `every month on the ${which} ${DAY_NAMES[Number(nth[1])]}`;
	}
	if (sorted(weekday) !== weekday) return undefined;
	return `every ${listed(weekday.split(',').map((day) => DAY_NAMES[Number(day)] ?? ''))}`;
}

const HOURLY = /^(\*|0|\*\/\d{1,2}) (\*|\d{1,2}-\d{1,2})(?:\/(\d{1,2}))? \* \* (\*|1-5|[0-6](?:,[0-6])*)$/;

/** `every 15 minutes between 9 and 17`, `every 2 hours on weekdays`. */
function hourlyWords(cron: string): string | undefined {
	const [, minute = '', hours = '', step, weekday = ''] = HOURLY.exec(cron) ?? [];
	if (minute === '' || (weekday !== '*' && weekday !== '1-5' && sorted(weekday) !== weekday)) return undefined;
	const byHour = minute === '0';
	const count = Number((byHour ? step : minute.slice(2)) ?? '1') || 1;
	if ((!byHour && step !== undefined) || (step !== undefined && count === 1) || (byHour ? 24 : 60) % count !== 0) {
		return undefined;
	}
	if (minute === '*/1' || count >= (byHour ? 24 : 60)) return undefined;
	const [from, to] = hours === '*' ? [] : hours.split('-').map(Number);
	if (!byHour && from === undefined && weekday === '*') return undefined;
	const end = (to ?? 0) + (byHour ? 0 : 1);
	if (from !== undefined && (from >= end || end > 23 || `${from}-${to}` !== hours)) return undefined;
	const words = [counted(count, byHour ? 'hour' : 'minute')];
	if (from !== undefined) words.push(`between ${clockWords(from, 0, 0)} and ${clockWords(end, 0, 0)}`);
	if (weekday === '1-5') words.push('on weekdays');
	else if (weekday !== '*') words.push(`on ${listed(weekday.split(',').map((day) => `${DAY_NAMES[Number(day)]}s`))}`);
	return words.join(' ');
}

function sorted(list: string): string {
	return [...new Set(list.split(',').map(Number))].toSorted((one, other) => one - other).join(',');
}

function listed(words: readonly string[], before = ''): string {
	const [last = ''] = words.slice(-1);
	return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${before}${last}`;
}

function ordinal(day: number): string {
	const end = day % 100 >= 11 && day % 100 <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][day % 10] ?? 'th');
	return `${day}${end}`;
}

function clockWords(hour: number, minute: number, second: number): string {
	const two = (part: number) => String(part).padStart(2, '0');
	return `${two(hour)}:${two(minute)}${second === 0 ? '' : `:${two(second)}`}`;
}
