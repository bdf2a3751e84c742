import { DAY, DAYS, dayOf, daysOf, MONTH, monthOf } from './day-words.ts';
import { COUNT, countOf, ORDINAL, ordinalOf } from './number-words.ts';
import type { ClockTime, Phrase, Reader, Recurrence } from './phrase.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

type Said = Pick<Phrase, 'recurrence' | 'times' | 'part' | 'refused'>;
type Form = readonly [RegExp, (groups: readonly string[], before: Phrase) => Said | undefined];

/** readRecurrence reads how often: `every weekday`, `daily`, `every 15 minutes`, `on the first of each month`. */
export const readRecurrence: Reader = (text, before) => {
	for (const [form, read] of FORMS) {
		const found = form.exec(text);
		if (found === null) continue;
		const said = read(
			found.slice(1).map((group) => group ?? ''),
			before,
		);
		if (said === undefined) continue;
		return { length: found[0].length, phrase: { ...before, ...joined(before, said) } };
	}
	return undefined;
};

/** An interval may be kept to some days: `every 15 minutes on weekdays`. */
function joined(before: Phrase, said: Said): Said {
	const [one, other] = [before.recurrence, said.recurrence];
	if (one === undefined || other === undefined) return said;
	if (one.kind === 'interval' && other.kind === 'dates') return { recurrence: { ...one, weekday: other.weekday } };
	if (other.kind === 'interval' && one.kind === 'dates') return { recurrence: { ...other, weekday: one.weekday } };
	if (other.kind !== 'dates' || !/^[\d,-]+$/.test(other.weekday)) return said;
	// `every 2 weeks on Monday`, and `every Tuesday and every Thursday`.
	if (one.kind === 'days' && /^\d$/.test(other.weekday))
		return { recurrence: { ...one, weekday: Number(other.weekday) } };
	if (one.kind !== 'dates' || !/^[\d,-]+$/.test(one.weekday)) return said;
	const days = `${one.weekday},${other.weekday}`.replace('1-5', '1,2,3,4,5').split(',');
	return { recurrence: { ...other, weekday: [...new Set(days)].toSorted().join(',') } };
}

const EVERY = '(?:every(?: single)?|each)';
const OF_MONTH = `(?:of|in) (?:${EVERY}|the|a) month`;
const PARTS: Readonly<Record<string, number>> = {
	morning: 8,
	afternoon: 15,
	evening: 19,
	night: 22,
	noon: 12,
	midnight: 0,
};
const PART = '(morning|afternoon|evening|night)s?';
const UNITS: Readonly<Record<string, number>> = { second: SECOND, minute: MINUTE, min: MINUTE, hour: HOUR };

const FORMS: readonly Form[] = [
	form(`(?:${EVERY} )?half(?:[ -]an)?[ -]hour(?:ly)?`, () => after(30 * MINUTE, 1)),
	form(`${EVERY} quarter (?:of an )?hour`, () => after(15 * MINUTE, 1)),
	form(`${EVERY} (?:other|second|2nd) (${DAY})`, ([day = '']) => ({
		recurrence: { kind: 'days', count: 14, weekday: dayOf(day) },
	})),
	form(`${EVERY} (?:other|second|2nd) (second|minute|hour|day|week|month|year)`, ([unit = '']) => everySo(2, unit)),
	form(`${EVERY} (${COUNT}) (seconds?|sec|minutes?|mins?|hours?|days?|weeks?|months?|quarters?|years?)`, (groups) =>
		everySo(countOf(groups[0] ?? ''), groups[1] ?? ''),
	),
	form(`(?:${EVERY} )?(?:month|monthly|${EVERY} month)(?: on)?,? (?:on )?the (${ORDINAL}|last) (${DAY})`, nthDay),
	form(`(?:${EVERY} month|monthly)(?: on)? the last day(?: of the month)?`, () => dates({ day: 'L' })),
	form(`(?:${EVERY} month|monthly)(?: on)? the (${ORDINAL}(?:(?:, | and |, and )(?:the )?${ORDINAL})*)`, daysOfMonth),
	form(`(?:on )?(?:the |${EVERY} )?(${ORDINAL}|last) (${DAY}) ${OF_MONTH}`, nthDay),
	form(`(?:on )?(?:the |${EVERY} )?last day ${OF_MONTH}`, () => dates({ day: 'L' })),
	form(`(?:at )?the end ${OF_MONTH}`, () => dates({ day: 'L' })),
	form(`(?:at )?the (?:start|beginning) ${OF_MONTH}`, () => dates({ day: '1' })),
	form(`(?:on )?(?:the )?(${ORDINAL}(?:(?:, | and |, and )(?:the )?${ORDINAL})*)(?: days?)? ${OF_MONTH}`, daysOfMonth),
	form(`(?:${EVERY} year|yearly|annually)(?: on)?(?: the)? (${ORDINAL}|\\d{1,2})(?: of)? (${MONTH})`, dayInYear),
	form(
		`(?:${EVERY} year|yearly|annually)(?: on)? (${MONTH})(?: the)? (${ORDINAL}|\\d{1,2})`,
		([month = '', day = '']) => dayInYear([day, month]),
	),
	form(`${EVERY} (${ORDINAL}|\\d{1,2})(?: of)? (${MONTH})`, dayInYear),
	form(`${EVERY} (${MONTH})(?: the)? (${ORDINAL}|\\d{1,2})`, ([month = '', day = '']) => dayInYear([day, month])),
	form(`(?:(?:${EVERY} |on |from )?mon(?:days?)?(?: to | through | till | until | ?[-–] ?)fri(?:days?)?)`, () =>
		dates({ weekday: '1-5' }),
	),
	form(`(?:(?:on )?${EVERY} |on )?(?:week|work|working |business )day ${PART}`, ([part = '']) =>
		atPart(dates({ weekday: '1-5' }), part),
	),
	form(
		`(?:(?:on )?${EVERY} |on |from )?(?:week|work|working |business )days|(?:on )?${EVERY} (?:week|work|working |business )day`,
		() => dates({ weekday: '1-5' }),
	),
	form(`(?:(?:on |at )?${EVERY} |on |at )?weekends|(?:on |at )?${EVERY} weekend|on the weekends?`, () =>
		dates({ weekday: '0,6' }),
	),
	form(`(?:on )?${EVERY} (${DAYS}) ${PART}`, ([days = '', part = '']) =>
		atPart(dates({ weekday: daysOf(days) }), part),
	),
	form(`(?:on )?${EVERY} (${DAYS})`, ([days = '']) => dates({ weekday: daysOf(days) })),
	form(`(?:every week|weekly)(?: on)? (${DAYS})`, ([days = '']) => dates({ weekday: daysOf(days) })),
	form(`(?:on )?((?:${DAY}(?:, | and |, and ))*(?:mon|tues|wednes|thurs|fri|satur|sun)days)`, ([days = '']) =>
		dates({ weekday: daysOf(days) }),
	),
	// After `every 15 minutes` or `every week` one day alone says enough.
	form(`on (${DAYS})`, ([days = ''], { recurrence }) =>
		recurrence === undefined || (recurrence.kind === 'dates' && recurrence.weekday === '*')
			? undefined
			: dates({ weekday: daysOf(days) }),
	),
	form(`(?:in the )?(?:${EVERY} )(morning|afternoon|evening|night|noon|midnight)`, ([part = '']) =>
		atPart(dates({}), part),
	),
	form('(?:in the )?(morning|afternoon|evening|night)s', ([part = '']) => atPart(dates({}), part)),
	form('nightly', () => atPart(dates({}), 'night')),
	form(`once (?:a|an|per|every|each) (minute|hour|day|week|month|year)`, ([unit = '']) => everySo(1, unit)),
	form(`twice (?:a|per|${EVERY}) day|twice daily`, () => ({ ...dates({}), times: [clock(9), clock(18)] })),
	form(`(?:three times|thrice) (?:a|per|${EVERY}) day`, () => ({
		...dates({}),
		times: [clock(8), clock(13), clock(19)],
	})),
	form(`hourly`, () => after(HOUR, 1)),
	form(`daily|day by day`, () => dates({})),
	form(`weekly`, () => dates({ weekday: '1' })),
	form(`monthly`, () => dates({ day: '1' })),
	form(`quarterly`, () => dates({ day: '1', month: '*/3' })),
	form(`yearly|annually`, () => dates({ day: '1', month: '1' })),
	form(`${EVERY} (second|minute|hour|day|week|month|quarter|year)(?: on the hour)?`, ([unit = '']) => everySo(1, unit)),
];

function form(pattern: string, read: Form[1]): Form {
	return [new RegExp(`^(?:${pattern})(?![\\w-])`), read];
}

function everySo(count: number, units: string): Said | undefined {
	const unit = units.replace(/s$/, '').replace(/^sec$/, 'second');
	if (count === 0) return { refused: `every 0 ${units} is no time` };
	const unitMs = UNITS[unit];
	if (unitMs !== undefined) return after(unitMs, count);
	if (unit === 'day') return count === 1 ? dates({}) : { recurrence: { kind: 'days', count } };
	if (unit === 'week') {
		return count === 1 ? dates({ weekday: '1' }) : { recurrence: { kind: 'days', count: count * 7 } };
	}
	const months = unit === 'quarter' ? count * 3 : unit === 'month' ? count : count * 12;
	if (months === 1) return dates({ day: '1' });
	if (months === 12) return dates({ day: '1', month: '1' });
	if (months < 12 && 12 % months === 0) return dates({ day: '1', month: `*/${months}` });
	return { refused: `every ${count} ${units} cannot be set up; every 1, 2, 3, 4, 6 or 12 months can` };
}

function after(unitMs: number, count: number): Said {
	return { recurrence: { kind: 'interval', unitMs, count } };
}

function dates(some: Partial<Omit<Extract<Recurrence, { kind: 'dates' }>, 'kind'>>): Said {
	return { recurrence: { kind: 'dates', day: '*', month: '*', weekday: '*', ...some } };
}

function atPart(said: Said, part: string): Said {
	return { ...said, times: [clock(PARTS[part] ?? 9)], part };
}

function clock(hour: number): ClockTime {
	return { hour, minute: 0, second: 0 };
}

function nthDay([which = '', day = '']: readonly string[]): Said {
	const nth = which === 'last' ? 'L' : ordinalOf(which);
	if (typeof nth === 'number' && nth > 5) return { refused: `no month has a ${which} ${day}` };
	return dates({ weekday: `${dayOf(day)}#${nth}` });
}

function daysOfMonth([which = '']: readonly string[]): Said {
	const days = [...which.matchAll(new RegExp(ORDINAL, 'g'))].map(([word]) => ordinalOf(word));
	const wrong = days.find((day) => day < 1 || day > 31);
	if (wrong !== undefined) return { refused: `no month has a day ${wrong}` };
	return dates({ day: [...new Set(days)].toSorted((one, other) => one - other).join(',') });
}

function dayInYear([day = '', month = '']: readonly string[]): Said {
	return dates({ day: String(ordinalOf(day)), month: String(monthOf(month)) });
}
