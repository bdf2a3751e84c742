import { findPhoneNumbersInText, isSupportedCountry } from 'libphonenumber-js/min';
import { findAmounts } from '../facts/amounts.ts';
import { findDates } from './dates.ts';
import type { EntityKind, Found } from './found.ts';

/** findPatterns finds what has a fixed form: dates, money, phone numbers, mail and web addresses. `country` reads national phone numbers. */
export function findPatterns(text: string, kinds: ReadonlySet<EntityKind>, country: string): Found[] {
	const found: Found[] = [];
	if (kinds.has('dates'))
		for (const { text: value, iso } of findDates(text)) found.push({ kind: 'dates', value, normalized: iso });
	if (kinds.has('money')) found.push(...findMoney(text));
	if (kinds.has('emails'))
		for (const [value] of text.matchAll(EMAIL)) found.push({ kind: 'emails', value, normalized: value.toLowerCase() });
	if (kinds.has('urls')) found.push(...findUrls(text));
	if (kinds.has('phones')) found.push(...findPhones(text, country));
	return found;
}

/** countryOf guesses a document's country from its address, for phone numbers without a country code. */
export function countryOf(url: string | undefined): string {
	const top = /^https?:\/\/[^/:]+\.([a-z]{2})(?:[:/]|$)/i.exec(url ?? '')?.[1]?.toUpperCase();
	if (top === 'UK') return 'GB';
	return top !== undefined && isSupportedCountry(top) ? top : 'US';
}

const EMAIL =
	/(?<![\w.+-])[a-z0-9](?:[\w.+-]{0,62}[\w+-])?@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,6}[a-z]{2,24}(?![\w-])/gi;
const URL_PATTERN =
	/\bhttps?:\/\/[^\s<>"'`|()[\]{}]{3,2000}|\bwww\.[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,5}(?:\/[^\s<>"'`|()[\]{}]{0,1000})?/gi;
const LABELLED_PHONE =
	/(?:\b(?:phone|tel(?:ephone)?|mobile|fax|hotline|call(?: us)?(?: on| at)?)|☎|\bon)\.?:?\s*(\+?\(?\d[\d\s()./-]{5,18}\d)(?![\d.,]*\d)/gi;

function findMoney(text: string): Found[] {
	return findAmounts(text)
		.filter((amount) => amount.kind === 'money')
		.map((amount) => ({
			kind: 'money',
			value: amount.text,
			normalized: `${amount.unit} ${Math.round(amount.value * 100) / 100}${amount.period === undefined ? '' : ` per ${amount.period}`}`,
		}));
}

function findUrls(text: string): Found[] {
	return [...text.matchAll(URL_PATTERN)].flatMap(([match]): Found[] => {
		const value = match.replace(/[.,;:!?]+$/, '');
		const address = value.startsWith('www.') ? `https://${value}` : value;
		return URL.canParse(address) ? [{ kind: 'urls', value, normalized: new URL(address).href }] : [];
	});
}

function findPhones(text: string, country: string): Found[] {
	if (!/\d[\d\s()./-]{5,}\d/.test(text)) return [];
	const found: Found[] = [];
	const known: { start: number; end: number }[] = [];
	for (const { number, startsAt, endsAt } of findPhoneNumbersInText(
		text,
		isSupportedCountry(country) ? country : 'US',
	)) {
		known.push({ start: startsAt, end: endsAt });
		found.push({ kind: 'phones', value: text.slice(startsAt, endsAt), normalized: number.number });
	}
	// A number that no numbering plan knows still is one when the text calls it so.
	for (const match of text.matchAll(LABELLED_PHONE)) {
		const value = (match[1] ?? '').trim();
		const start = match.index + match[0].indexOf(value);
		const digits = value.replace(/\D/g, '').length;
		const overlaps = known.some((one) => start < one.end && one.start < start + value.length);
		if (!overlaps && digits >= 7 && digits <= 15 && findDates(value).length === 0)
			found.push({ kind: 'phones', value });
	}
	return found;
}
