import { GB as english } from 'chrono-node/en';
import { wallTime } from '../../domain/person/wall-time.ts';
import { DAY, MONTH, monthOf } from './day-words.ts';
import { COUNT, countOf, ORDINAL, ordinalOf } from './number-words.ts';
import type { ClockTime, Given, Moment, Phrase, Reader } from './phrase.ts';
import { clockAfter } from './read-clock.ts';

const MINUTE = 60_000;
const DAY_MS = 1_440 * MINUTE;
const PARTS: readonly (readonly [RegExp, number])[] = [
	[/\bmorning\b/, 8],
	[/\b(?:noon|midday)\b/, 12],
	[/\bafternoon\b/, 15],
	[/\bevening\b/, 19],
	[/\b(?:tonight|night)\b/, 22],
];
const UNIT = 'seconds?|minutes?|mins?|hours?|days?|weeks?';
const UNITS_MS: Readonly<Record<string, number>> = {
	second: 1_000,
	minute: MINUTE,
	min: MINUTE,
	hour: 60 * MINUTE,
	day: DAY_MS,
	week: 7 * DAY_MS,
};
const IN = new RegExp(
	`^in (?:about )?(half an hour|(?:${COUNT}) (?:${UNIT})(?:(?: and|,) (?:${COUNT}) (?:${UNIT}))*)(?![\\w-])`,
);
const FROM_NOW = new RegExp(`^((?:${COUNT}) (?:${UNIT})) from now(?![\\w-])`);
const FOR = new RegExp(`^for (?:the )?(?:next )?((?:${COUNT}) (?:${UNIT}))(?![\\w-])`);
/** Of other words nobody need ask the library. */
const LIKELY = new RegExp(
	`^(?:on |by |at |this |next |coming |the )*(?:today|tonight|tomorrow|day after|morning|afternoon|evening|week|month|year|${DAY}|${MONTH}|\\d)`,
);
const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?Z/i;
const LONGEST = 70;
const LONGEST_SPAN_MS = 200 * 366 * DAY_MS;

/** readMoment reads one time: `tomorrow at 5pm`, `in 20 minutes`, `on 3 December at 10:00`. */
export const readMoment: Reader = (text, before, given) => {
	if (before.recurrence !== undefined || before.moment !== undefined || before.cron !== undefined) return undefined;
	const found = momentAt(text, given);
	if (found === undefined) return undefined;
	return { length: found.length, phrase: withMoment(before, found.moment) };
};

/** readBounds reads from when, until when and how often: `until 3 March`, `starting tomorrow`, `10 times`. */
export const readBounds: Reader = (text, before, given) => {
	if (before.recurrence === undefined && before.cron === undefined) return undefined;
	const times = new RegExp(`^(${COUNT}) times?(?![\\w-])`).exec(text);
	if (times !== null) return { length: times[0].length, phrase: { ...before, maxRuns: countOf(times[1] ?? '') } };
	const lasting = FOR.exec(text);
	if (lasting !== null) {
		const until: Moment = { kind: 'instant', at: given.now + spanOf(lasting[1] ?? '') };
		return { length: lasting[0].length, phrase: { ...before, until } };
	}
	const fromNow = /^from now(?: on)?(?!\w)/.exec(text);
	if (fromNow !== null) return { length: fromNow[0].length, phrase: before };
	const word = /^(until|till|through|up to|from|starting|beginning|as of)(?: from)? /.exec(text);
	const found = word === null ? undefined : momentAt(text.slice(word[0].length), given);
	if (word === null || found === undefined) return undefined;
	const isEnd = /^(?:until|till|through|up to)/.test(word[1] ?? '');
	const phrase = isEnd ? { ...before, until: found.moment } : { ...before, from: found.moment };
	return { length: word[0].length + found.length, phrase };
};

function withMoment(before: Phrase, moment: Moment): Phrase {
	const time = moment.kind === 'day' ? moment.time : undefined;
	return { ...before, moment, ...(time !== undefined && before.times === undefined ? { times: [time] } : {}) };
}

function momentAt(text: string, given: Given): { length: number; moment: Moment } | undefined {
	const { now } = given;
	const iso = ISO.exec(text);
	if (iso !== null) return { length: iso[0].length, moment: { kind: 'instant', at: Date.parse(iso[0].toUpperCase()) } };
	const relative = IN.exec(text) ?? FROM_NOW.exec(text);
	if (relative !== null) return { length: relative[0].length, moment: relativeMoment(relative[1] ?? '', given) };
	const dated = dateAt(text, given);
	if (dated !== undefined) return dated;
	if (!LIKELY.test(text)) return undefined;
	const { timeZone } = given;
	const offset = Math.round((wallTime(timeZone, now) - now) / MINUTE);
	const reference = { instant: new Date(now), timezone: offset };
	const [found] = english.parse(text.slice(0, LONGEST), reference, { forwardDate: true });
	const before = found === undefined ? '' : text.slice(0, found.index);
	if (found === undefined || !/^(?:on |by |at |the )*$/.test(before) || found.end != null) return undefined;
	const { start } = found;
	const length = found.index + found.text.length;
	if (/^[\w]/.test(text.slice(length))) return undefined;
	const isDated = ['day', 'weekday', 'month'].some((part) => start.isCertain(part as 'day'));
	if (!isDated && !/\b(?:today|tonight|this)\b/.test(found.text)) return undefined;
	const wall = Date.UTC(start.get('year') ?? 0, (start.get('month') ?? 1) - 1, start.get('day') ?? 1);
	const zone = start.isCertain('timezoneOffset') ? start.get('timezoneOffset') : undefined;
	const time = timeIn(found.text, start);
	return {
		length,
		moment: {
			kind: 'day',
			wall,
			weekly: start.isCertain('weekday') && !start.isCertain('day'),
			...(time === undefined ? {} : { time }),
			...(zone == null ? {} : { offsetMinutes: zone }),
		},
	};
}

const YEAR = '(?:,? (\\d{4}))?(?![\\w:.])';
const DAY_MONTH = new RegExp(`^(?:on )?(?:the )?(${ORDINAL}|\\d{1,2})(?: of)? (${MONTH})${YEAR}`);
const MONTH_DAY = new RegExp(`^(?:on )?(${MONTH})(?: the)? (${ORDINAL}|\\d{1,2})${YEAR}`);
const DAY_ALONE = new RegExp(`^on the (${ORDINAL})(?! of| ${DAY})(?![\\w:.])`);
/** Leap days are at most so many years apart. */
const YEARS = 8;

/** The next day of that name that there is: `3 December`, `29 February`, `on the 15th`. */
function dateAt(text: string, { now, timeZone }: Given): { length: number; moment: Moment } | undefined {
	const today = Math.floor(wallTime(timeZone, now) / DAY_MS) * DAY_MS;
	const thisYear = new Date(today).getUTCFullYear();
	const read = (length: number, wall: number) => {
		const clock = clockAfter(text.slice(length));
		const time = clock === undefined ? {} : { time: clock.time };
		return { length: length + (clock?.length ?? 0), moment: { kind: 'day', wall, weekly: false, ...time } as const };
	};
	const alone = DAY_ALONE.exec(text);
	if (alone !== null) {
		const first = new Date(today).getUTCMonth();
		for (let month = first; month < first + 12; month++) {
			const wall = dayOn(thisYear, month, ordinalOf(alone[1] ?? ''));
			// Today's may be over.
			if (wall !== undefined && wall > today) return read(alone[0].length, wall);
		}
		return undefined;
	}
	const [whole, one = '', other = '', year] = DAY_MONTH.exec(text) ?? reversed(MONTH_DAY.exec(text)) ?? [];
	if (whole === undefined) return undefined;
	const month = monthOf(other) - 1;
	if (year !== undefined) {
		const wall = dayOn(Number(year), month, ordinalOf(one));
		return wall === undefined ? undefined : read(whole.length, wall);
	}
	for (let count = 0; count <= YEARS; count++) {
		const wall = dayOn(thisYear + count, month, ordinalOf(one));
		if (wall !== undefined && wall >= today) return read(whole.length, wall);
	}
	return undefined;
}

function reversed(found: readonly string[] | null): readonly string[] | undefined {
	if (found === null) return undefined;
	const [whole = '', month = '', day = '', ...year] = found;
	return [whole, day, month, ...year];
}

function dayOn(year: number, month: number, day: number): number | undefined {
	const wall = Date.UTC(year, month, day);
	return new Date(wall).getUTCMonth() === month % 12 ? wall : undefined;
}

interface Components {
	isCertain(part: 'hour'): boolean;
	get(part: 'hour' | 'minute' | 'second'): number | null;
}

function timeIn(words: string, start: Components): ClockTime | undefined {
	if (start.isCertain('hour')) {
		return { hour: start.get('hour') ?? 0, minute: start.get('minute') ?? 0, second: start.get('second') ?? 0 };
	}
	const part = PARTS.find(([pattern]) => pattern.test(words));
	return part === undefined ? undefined : { hour: part[1], minute: 0, second: 0 };
}

/** Whole days keep the time of the day. */
function relativeMoment(span: string, { now, timeZone }: Given): Moment {
	const ms = spanOf(span);
	if (ms % DAY_MS !== 0) return { kind: 'instant', at: now + ms };
	const wall = wallTime(timeZone, now) + ms;
	const day = Math.floor(wall / DAY_MS) * DAY_MS;
	const inDay = Math.floor((wall - day) / MINUTE);
	const time = { hour: Math.floor(inDay / 60), minute: inDay % 60, second: 0 };
	return { kind: 'day', wall: day, weekly: false, time };
}

function spanOf(words: string): number {
	if (words === 'half an hour') return 30 * MINUTE;
	let ms = 0;
	for (const [, count = '', unit = ''] of words.matchAll(new RegExp(`(${COUNT}) (${UNIT})`, 'g'))) {
		ms += countOf(count) * (UNITS_MS[unit.replace(/s$/, '')] ?? 0);
	}
	return Math.min(ms, LONGEST_SPAN_MS);
}
