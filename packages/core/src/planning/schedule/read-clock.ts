import type { ClockTime, Reader } from './phrase.ts';

const HOURS = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'];
const HALF = '(?: ?(?:a\\.?m\\.?|p\\.?m\\.?)(?![a-z]))';
const PLAIN = `\\d{1,2}(?:[:.h]\\d{2}(?::\\d{2})?)?${HALF}?(?: ?(?:o['’]?clock|h|uhr)(?!\\w))?`;
const SURE = `\\d{1,2}[:h]\\d{2}(?::\\d{2})?${HALF}?(?: ?(?:h|uhr)(?!\\w))?|\\d{1,2}(?:\\.\\d{2})?${HALF}`;
const NAMED = `noon|midday|midnight|(?:half past |quarter past |quarter to )?(?:${HOURS.join('|')})(?:${HALF}| ?o['’]?clock)?`;
const ONE = `(?:${PLAIN}|${NAMED})`;
const LIST = `${ONE}(?:(?:,? and |, ?| ?& ?)(?:at )?${ONE}(?![\\w%€$]| times))*`;
const PART = '(?: (?:in the (morning|afternoon|evening)|at (night)))?';
const END = '(?![\\w%€$/:-])';
const AFTER_AT = new RegExp(`^(?:at |@ ?|by |around |about |um )(?:about |around )?(${LIST})${PART}${END}`);
const ALONE = new RegExp(`^((?:${SURE}|noon|midday|midnight)(?:(?:,? and |, ?)(?:${SURE}))*)${PART}${END}`);
const BETWEEN = new RegExp(`^(?:between|from) (${ONE}) (?:and|to|until|till|-|–) (${ONE})${END}`);

/** readClock reads times of the day: `at 7`, `18:30`, `at 9am and 5pm`, `at half past seven in the evening`. */
export const readClock: Reader = (text, before) => {
	if (before.times !== undefined && before.recurrence === undefined) return undefined;
	const found = AFTER_AT.exec(text) ?? ALONE.exec(text);
	if (found === null) return undefined;
	const [whole, list = '', part, night] = found;
	const times = [...list.matchAll(new RegExp(ONE, 'g'))].map(([word]) => timeOf(word, part ?? night ?? before.part));
	const known = times.filter((time) => time !== undefined);
	if (known.length < times.length) {
		return { length: whole.length, phrase: { ...before, refused: `"${list}" is no time of the day` } };
	}
	return { length: whole.length, phrase: { ...before, times: known } };
};

/** readHours reads between which hours something is repeated: `between 9 and 17`. */
export const readHours: Reader = (text, before) => {
	const found = before.recurrence?.kind === 'interval' ? BETWEEN.exec(text) : null;
	if (found === null) return undefined;
	const [from, to] = [timeOf(found[1] ?? ''), timeOf(found[2] ?? '')];
	if (from === undefined || to === undefined) return undefined;
	if (from.minute + to.minute > 0 || from.hour >= to.hour) {
		const refused = 'hours of one day are needed, from the earlier to the later, such as between 9 and 17';
		return { length: found[0].length, phrase: { ...before, refused } };
	}
	return { length: found[0].length, phrase: { ...before, hours: { from: from.hour, to: to.hour } } };
};

const AT_ONE = new RegExp(`^,? at (${ONE})${END}`);

/** clockAfter reads the time of the day that stands behind a date: ` at 10:00`. */
export function clockAfter(text: string): { readonly length: number; readonly time: ClockTime } | undefined {
	const found = AT_ONE.exec(text);
	const time = timeOf(found?.[1] ?? '');
	return found === null || time === undefined ? undefined : { length: found[0].length, time };
}

/** timeOf reads one time of the day; undefined where there is none such. */
function timeOf(word: string, part?: string): ClockTime | undefined {
	if (/^(?:noon|midday)$/.test(word)) return { hour: 12, minute: 0, second: 0 };
	if (word === 'midnight') return { hour: 0, minute: 0, second: 0 };
	const half = /p\.?m\.?/.test(word) ? 'pm' : /a\.?m\.?/.test(word) ? 'am' : undefined;
	const numbers = /^(\d{1,2})(?:[:.h](\d{2}))?(?::(\d{2}))?/.exec(word) ?? namedTime(word);
	if (numbers === undefined) return undefined;
	const [, hours = '', minutes = '0', seconds = '0'] = numbers;
	const hour = hourOf(Number(hours), half, part);
	const time = { hour: hour ?? 99, minute: Number(minutes), second: Number(seconds) };
	return time.hour > 23 || time.minute > 59 || time.second > 59 ? undefined : time;
}

function namedTime(word: string): readonly string[] | undefined {
	const found = new RegExp(`(half past|quarter past|quarter to)? ?(${HOURS.join('|')})`).exec(word);
	if (found === null) return undefined;
	const hour = HOURS.indexOf(found[2] ?? '') + 1;
	if (found[1] === undefined) return ['', String(hour)];
	if (found[1] === 'quarter to') return ['', String(hour - 1), '45'];
	return ['', String(hour), found[1] === 'half past' ? '30' : '15'];
}

function hourOf(hour: number, half: string | undefined, part: string | undefined): number | undefined {
	if (half !== undefined) return hour < 1 || hour > 12 ? undefined : (hour % 12) + (half === 'pm' ? 12 : 0);
	if (part === undefined || part === 'morning' || hour > 12) return hour;
	if (part === 'night') return hour === 12 ? 0 : hour > 5 ? hour + 12 : hour;
	return hour === 12 ? 12 : hour + 12;
}
