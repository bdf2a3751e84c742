import { addressKey, isWebAddress } from '../../domain/address-key.ts';
import type { SearchHit } from '../../ports/web-search.ts';

/** RawHit is one result as a provider sends it. */
export interface RawHit {
	readonly title?: string | null | undefined;
	readonly url?: string | null | undefined;
	readonly snippet?: string | null | undefined;
	readonly date?: string | null | undefined;
}

/** HitBounds say how many hits are wanted, and how old they may be. */
export interface HitBounds {
	readonly limit: number;
	/** Hits that are known to be older are left out, because providers round the time up. */
	readonly notBefore?: number | undefined;
}

const MAX_TITLE = 300;
const MAX_SNIPPET = 1_000;
const MAX_ADDRESS = 2_000;
const DAY_MS = 86_400_000;

/**
 * cleanHits makes hits of results, in their order: as plain text, cut to size, without those that lead nowhere on the web, and
 * each page once.
 */
export function cleanHits(results: readonly RawHit[], { limit, notBefore }: HitBounds): SearchHit[] {
	const hits = new Map<string, SearchHit>();
	for (const { title, url, snippet, date } of results) {
		if (hits.size >= limit) break;
		const address = cleanAddress(url);
		const key = address === undefined ? undefined : addressKey(address);
		if (address === undefined || key === undefined || hits.has(key)) continue;
		const day = isoDay(date);
		if (day !== undefined && notBefore !== undefined && Date.parse(day) < notBefore - DAY_MS) continue;
		hits.set(key, {
			title: plainText(title ?? '', MAX_TITLE) || new URL(address).host,
			url: address,
			snippet: plainText(snippet ?? '', MAX_SNIPPET),
			...(day === undefined ? {} : { date: day }),
		});
	}
	return [...hits.values()];
}

/** earliest is the moment before which a page is too old; undefined where age does not matter. */
export function earliest(maxAgeDays: number | undefined, now: number): number | undefined {
	return maxAgeDays === undefined ? undefined : now - maxAgeDays * DAY_MS;
}

/** ageWindow rounds an age up to the spans of time that search services know; undefined where none is long enough. */
export function ageWindow(maxAgeDays: number | undefined): 'day' | 'week' | 'month' | 'year' | undefined {
	if (maxAgeDays === undefined || maxAgeDays > 366) return undefined;
	if (maxAgeDays <= 1) return 'day';
	if (maxAgeDays <= 7) return 'week';
	return maxAgeDays <= 31 ? 'month' : 'year';
}

function cleanAddress(url: string | null | undefined): string | undefined {
	const text = url?.trim() ?? '';
	if (text.length > MAX_ADDRESS || !URL.canParse(text)) return undefined;
	const parsed = new URL(text);
	// A name and password in an address is a trap, or somebody's secret.
	return isWebAddress(parsed) && parsed.username === '' && parsed.password === '' ? parsed.href : undefined;
}

/** plainText drops tags and reads entities, so that what is left is words; a cut is marked. */
export function plainText(html: string, most: number): string {
	const text = html
		.slice(0, most * 10)
		.replace(/<!--[\s\S]{0,2000}?-->|<\/?[a-z][^<>]{0,2000}>/gi, (tag) =>
			/^<\/?(?:br|p|div|li|tr|h\d)\b/i.test(tag) ? ' ' : '',
		)
		.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,8}));/gi, entity)
		.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
		.trim();
	return text.length <= most ? text : `${text.slice(0, most - 1).trimEnd()}…`.toWellFormed();
}

function entity(whole: string, decimal?: string, hex?: string, name?: string): string {
	if (name !== undefined) return NAMED[name.toLowerCase()] ?? whole;
	const point = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
	return point > 0 && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff) ? String.fromCodePoint(point) : '';
}

const NAMED: Readonly<Record<string, string>> = {
	amp: '&',
	lt: '<',
	gt: '>',
	quot: '"',
	apos: "'",
	nbsp: ' ',
	ndash: '–',
	mdash: '—',
	hellip: '…',
	lsquo: '‘',
	rsquo: '’',
	ldquo: '“',
	rdquo: '”',
	laquo: '«',
	raquo: '»',
	middot: '·',
	bull: '•',
	euro: '€',
	pound: '£',
	copy: '©',
	reg: '®',
	trade: '™',
	micro: 'µ',
	deg: '°',
	times: '×',
};

/** The day of a date as services write it: `2026-03-12T07:30:00`, `March 12, 2026`; what tells no day is none. */
function isoDay(date: string | null | undefined): string | undefined {
	const text = date?.trim() ?? '';
	const iso = /^(\d{4}-\d{2}-\d{2})(?:$|[T ])/.exec(text)?.[1];
	if (iso !== undefined) return Number.isNaN(Date.parse(iso)) ? undefined : iso;
	const named = /^(?:[a-z]{3,9} \d{1,2},? \d{4}|\d{1,2} [a-z]{3,9} \d{4})$/i.test(text)
		? Date.parse(`${text} UTC`)
		: Number.NaN;
	return Number.isNaN(named) ? undefined : new Date(named).toISOString().slice(0, 10);
}
