import { MONTH_NAMES } from '../../domain/calendar-names.ts';

/** DAY matches a day of the week, one or many. */
export const DAY = '(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:days?)?';
/** DAYS matches several of them. */
export const DAYS = `${DAY}(?:(?:,? and |,? or | ?, ?| ?& ?| ?/ ?)${DAY})*`;

const NAMES = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
/** MONTH matches a month. */
export const MONTH =
	'(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)';

/** dayOf reads one day of the week: 0 for Sunday. */
export function dayOf(word: string): number {
	return NAMES.indexOf(word.slice(0, 3));
}

/** daysOf reads several, as a field of a cron line. */
export function daysOf(words: string): string {
	const days = [...words.matchAll(new RegExp(DAY, 'g'))].map(([word]) => dayOf(word));
	return [...new Set(days)].toSorted((one, other) => one - other).join(',');
}

/** monthOf reads a month: 1 for January. */
export function monthOf(word: string): number {
	return MONTH_NAMES.findIndex((name) => name.toLowerCase().startsWith(word.slice(0, 3))) + 1;
}
