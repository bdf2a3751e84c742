import { CoreError } from '../errors.ts';
import type { Preferences } from './person-view.ts';
import { wallTime } from './wall-time.ts';
import { timeZoneOf } from './zone-names.ts';

type Quiet = NonNullable<Preferences['quiet']>;

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/**
 * quietUntil says when the quiet hours end in which `now` lies, in ms since 1970; undefined outside of them. What counts is
 * the clock on the person's wall: a night in which it is put forward or back is shorter or longer.
 */
export function quietUntil(quiet: Quiet, now: number): number | undefined {
	if (!isQuiet(quiet, now)) return undefined;
	let from = now;
	for (;;) {
		const end = from + untilNext(minutesOf(quiet.to), wallTime(quiet.timeZone, from));
		const change = firstChange(quiet.timeZone, from, end);
		if (change === undefined) return end;
		// From there on the wall shows another time.
		if (!isQuiet(quiet, change)) return change;
		from = change;
	}
}

/** parseQuiet reads `22:00-07:00 Europe/Berlin` or `off`; without a time zone, `timeZone` is meant. Throws `invalid-input`. */
export function parseQuiet(text: string, timeZone?: string): Quiet | undefined {
	const words = text.trim();
	if (/^(?:off|none|no)$/i.test(words)) return undefined;
	const found = /^(\S{1,8}?)\s*(?:-|–|—|to|until)\s*(\S{1,8})(?:\s+(\S.{0,63}))?$/i.exec(words);
	const [from, to] = [timeOfDay(found?.[1]), timeOfDay(found?.[2])];
	if (from === undefined || to === undefined || from === to) throw unclear(words);
	const named = found?.[3];
	if (named === undefined && timeZone === undefined) {
		throw new CoreError('invalid-input', 'Quiet hours need a time zone, because Errand cannot see where you are.', {
			hint: `Write for example \`/quiet ${from}-${to} Europe/Berlin\`.`,
		});
	}
	const zone = named === undefined ? timeZone : parseTimeZone(named);
	if (zone === undefined) throw unclear(words);
	return { from, to, timeZone: zone };
}

/** parseTimeZone reads `Europe/Berlin`, `Berlin`, `CET` or `off`. Throws `invalid-input`. */
export function parseTimeZone(words: string): string | undefined {
	const name = words.trim();
	if (/^(?:off|none|no)$/i.test(name)) return undefined;
	const zone = timeZoneOf(name);
	if (zone !== undefined) return zone;
	throw new CoreError('invalid-input', `"${name.slice(0, 80)}" is no time zone that is known here.`, {
		hint: 'Use a name such as Europe/Berlin, America/New_York or UTC, or a large city.',
	});
}

function isQuiet({ from, to, timeZone }: Quiet, at: number): boolean {
	const time = wallTime(timeZone, at);
	const [start, end] = [minutesOf(from) * MINUTE_MS, minutesOf(to) * MINUTE_MS];
	const today = ((time % DAY_MS) + DAY_MS) % DAY_MS;
	return start < end ? today >= start && today < end : today >= start || today < end;
}

/** How long from a wall time until it next shows this minute of the day, ms. */
function untilNext(minute: number, wall: number): number {
	const today = ((wall % DAY_MS) + DAY_MS) % DAY_MS;
	const wait = minute * MINUTE_MS - today;
	return wait > 0 ? wait : wait + DAY_MS;
}

/** When the wall's clock is first put forward or back after `from`, up to `to`. */
function firstChange(timeZone: string, from: number, to: number): number | undefined {
	const offset = (at: number) => wallTime(timeZone, at) - at;
	const before = offset(from);
	if (offset(to) === before) return undefined;
	let [low, high] = [from, to];
	while (high - low > 1) {
		const middle = Math.floor((low + high) / 2);
		if (offset(middle) === before) low = middle;
		else high = middle;
	}
	return high;
}

function minutesOf(time: string): number {
	return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

/** `7`, `7:00`, `07.00`, `7pm` and `19h30` as `HH:MM`. */
function timeOfDay(text = ''): string | undefined {
	const found = /^(\d{1,2})(?:[:.h](\d{2})?)?(am|pm)?$/i.exec(text);
	if (found === null) return undefined;
	const [, hours = '', minutes = '00', half] = found;
	const hour = half === undefined ? Number(hours) : hourOfHalf(Number(hours), half.toLowerCase() === 'pm');
	if (hour === undefined || hour > 23 || Number(minutes) > 59) return undefined;
	return `${String(hour).padStart(2, '0')}:${minutes}`;
}

function hourOfHalf(hour: number, afternoon: boolean): number | undefined {
	if (hour < 1 || hour > 12) return undefined;
	return (hour % 12) + (afternoon ? 12 : 0);
}

function unclear(words: string): CoreError {
	return new CoreError('invalid-input', `"${words.slice(0, 80)}" does not say from when to when it should be quiet.`, {
		hint: 'Write for example `/quiet 22:00-07:00 Europe/Berlin`, or `/quiet off`.',
	});
}
