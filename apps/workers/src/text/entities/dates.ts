/** FoundDate is a date in a text, as written and in ISO 8601 (`2026-01-31`, `2026-01`, `2026-Q1`). */
export interface FoundDate {
	readonly text: string;
	readonly iso: string;
	readonly start: number;
	readonly end: number;
}

/** findDates lists written dates in order: 1 January 2026, January 1, 2026, 2026-01-01, 01.02.2026, January 2026, Q1 2026. */
export function findDates(text: string): FoundDate[] {
	const found: FoundDate[] = [];
	for (const match of text.matchAll(DATE)) {
		const iso = toIso(match.groups ?? {});
		if (iso !== undefined) found.push({ text: match[0], iso, start: match.index, end: match.index + match[0].length });
	}
	return found;
}

/** isoDate reads one date; a lone year counts. */
export function isoDate(text: string): string | undefined {
	return findDates(text)[0]?.iso ?? /\b(?:19|20)\d\d\b/.exec(text)?.[0];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const GERMAN: Record<string, number> = { mär: 3, mai: 5, okt: 10, dez: 12 };
const NAME =
	'(?:January|February|March|April|May|June|July|August|September|October|November|December|Januar|Februar|März|Mai|Juni|Juli|Oktober|Dezember|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)';
const YEAR = '(?:19|20)\\d\\d';
const DATE = new RegExp(
	'(?<![\\p{L}\\d])(?:' +
		`(?<isoYear>${YEAR})-(?<isoMonth>\\d{2})-(?<isoDay>\\d{2})` +
		`|(?<day>\\d{1,2})(?:st|nd|rd|th)?\\.?\\s+(?:of\\s+)?(?<month>${NAME})\\.?,?\\s+(?<year>${YEAR})` +
		`|(?<month2>${NAME})\\.?\\s+(?<day2>\\d{1,2})(?:st|nd|rd|th)?,?\\s+(?<year2>${YEAR})` +
		`|(?<dotDay>\\d{1,2})\\.\\s?(?<dotMonth>\\d{1,2})\\.\\s?(?<dotYear>${YEAR})` +
		`|(?<first>\\d{1,2})/(?<second>\\d{1,2})/(?<slashYear>${YEAR})` +
		`|(?<month3>${NAME})\\.?\\s+(?<year3>${YEAR})` +
		`|Q(?<quarter>[1-4])[\\s/]+(?<quarterYear>${YEAR})` +
		')(?![\\p{L}\\d])',
	'giu',
);

function toIso(groups: Record<string, string | undefined>): string | undefined {
	const { isoYear, day, day2, dotYear, first, second, slashYear, month3, year3, quarter, quarterYear } = groups;
	if (isoYear !== undefined) return whole(isoYear, Number(groups['isoMonth']), Number(groups['isoDay']));
	if (day !== undefined) return whole(groups['year'] ?? '', monthOf(groups['month']), Number(day));
	if (day2 !== undefined) return whole(groups['year2'] ?? '', monthOf(groups['month2']), Number(day2));
	if (dotYear !== undefined) return whole(dotYear, Number(groups['dotMonth']), Number(groups['dotDay']));
	if (slashYear !== undefined) {
		const [one, two] = [Number(first), Number(second)];
		// 13/02 can only be day first; 02/03 is read month first, as in US English.
		return one > 12 ? whole(slashYear, two, one) : whole(slashYear, one, two);
	}
	if (month3 !== undefined) return `${year3}-${String(monthOf(month3)).padStart(2, '0')}`;
	return quarter === undefined ? undefined : `${quarterYear}-Q${quarter}`;
}

function monthOf(name = ''): number {
	const short = name.toLowerCase().slice(0, 3);
	return GERMAN[short] ?? MONTHS.indexOf(short) + 1;
}

function whole(year: string, month: number, day: number): string | undefined {
	if (month < 1 || month > 12 || day < 1 || day > new Date(Date.UTC(Number(year), month, 0)).getUTCDate())
		return undefined;
	return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}
