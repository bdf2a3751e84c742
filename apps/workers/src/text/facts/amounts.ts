/** Period is how often an amount falls due. */
export type Period = 'day' | 'week' | 'month' | 'year';

/** Amount is one figure in a text: `value` in `unit` (currency code, `%`, or a base unit such as `day`, `kg`, `GB`). */
export interface Amount {
	readonly kind: 'money' | 'percent' | 'duration' | 'quantity';
	readonly value: number;
	readonly unit: string;
	readonly period?: Period;
	/** The figure as written, with its `per …`. */
	readonly text: string;
	readonly start: number;
	readonly end: number;
}

/** findAmounts lists the figures of a text in order: money, percentages, durations and measured quantities. */
export function findAmounts(text: string): Amount[] {
	const found: Amount[] = [];
	for (const match of text.matchAll(FIGURE)) {
		const amount = toAmount(match, text);
		if (amount !== undefined) found.push(amount);
	}
	return found;
}

/** readPeriod finds `per month`, `yearly`, `p.a.` in a label or a phrase. */
export function readPeriod(text: string): Period | undefined {
	return readPeriods(text)[0];
}

/** readPeriods lists all periods that a text names, anywhere. */
export function readPeriods(text: string): Period[] {
	return PERIODS.filter(([, words]) => words.test(text)).map(([period]) => period);
}

/** perYear brings a recurring amount to a year, so that monthly and yearly prices compare; a figure without period is left as it is. */
export function perYear(amount: Amount, period: Period | undefined = amount.period): number {
	return amount.value * (period === undefined ? 1 : PER_YEAR[period]);
}

/** parseNumber reads `1,234.50`, `1.234,50`, `1'200` and `1 200`; a lone group of three after a separator is thousands when `grouped`. */
export function parseNumber(text: string, grouped: boolean): number {
	const compact = text.replace(/['’\s\u00a0\u202f]/g, '');
	const last = Math.max(compact.lastIndexOf(','), compact.lastIndexOf('.'));
	if (last < 0) return Number(compact);
	const separator = compact[last] ?? '';
	const tail = compact.length - last - 1;
	const repeated = compact.indexOf(separator) !== last;
	const mixed = compact.includes(',') && compact.includes('.');
	const thousands = repeated || (!mixed && tail === 3 && (grouped || separator === ','));
	if (thousands) return Number(compact.replace(/[.,]/g, ''));
	return Number(`${compact.slice(0, last).replace(/[.,]/g, '')}.${compact.slice(last + 1)}`);
}

const NUMBER = "\\d{1,3}(?:[,.'’\\u00a0\\u202f ]\\d{3})+(?!\\d)(?:[.,]\\d{1,2}(?!\\d))?|\\d+(?:[.,]\\d+)?";
const SCALE = 'million|millions|mio\\.?|mn|billion|bn|thousand|tsd\\.?|k|m';
const SIGN = 'US\\$|A\\$|AU\\$|C\\$|CA\\$|NZ\\$|\\$|€|£|¥|₹|CHF|EUR|USD|GBP|AUD|CAD|Fr\\.';
const AFTER = '€|£|¥|₹|EUR|Euro|euros?|USD|US dollars|dollars?|GBP|pounds|CHF|francs|Franken|CAD|AUD';
const WORDS =
	'one|two|three|four|five|six|seven|eight|nine|ten|twelve|fourteen|fifteen|twenty-four|thirty|sixty|ninety';
const DURATION =
	'business days?|working days?|calendar days?|days?|weeks?|months?|years?|hours?|hrs?|h|minutes?|mins?|Tagen?|Wochen?|Monaten?|Jahren?|Stunden?';
const UNIT =
	'TB|GB|MB|GHz|MHz|kWh|Wh|mAh|kg|kilograms?|lbs?|pounds|grams?|g|oz|mm|cm|km|miles|mi|inches|inch|in\\.|″|"|m²|m2|sqm|sq\\.? ?m|sq\\.? ?ft|ft²|square (?:feet|met(?:re|er)s)|Mbps|Mbit/s|Gbps|nits|Hz|MP|W|V|L|litres?|liters?|rooms?|bedrooms?|bathrooms?|cores?|ports?|seats?|claims?|people|persons|users?|texts|calls|SMS';
const FIGURE = new RegExp(
	`(?<![\\p{L}\\d.,])(?:(?<sign>${SIGN})\\s?(?<money>${NUMBER})(?:\\s?(?<scale>${SCALE})(?![\\p{L}]))?` +
		`|(?<money2>${NUMBER})(?:\\s?(?<scale2>${SCALE}))?\\s?(?<after>${AFTER})(?![\\p{L}\\d])` +
		`|(?<percent>${NUMBER})\\s?(?:%|percent\\b|per cent\\b|Prozent\\b)` +
		`|(?<count>${NUMBER}|(?:${WORDS})(?=[ -]))[\\s-]?(?<span>${DURATION})(?![\\p{L}\\d])` +
		`|(?<quantity>${NUMBER})[\\s-]?(?<unit>${UNIT})(?![\\p{L}\\d]))`,
	'giu',
);

function toAmount(match: RegExpMatchArray, text: string): Amount | undefined {
	const groups = match.groups ?? {};
	const start = match.index ?? 0;
	const end = start + match[0].length;
	const digits = groups['money'] ?? groups['money2'];
	if (digits !== undefined) {
		const scale = SCALES[(groups['scale'] ?? groups['scale2'] ?? '').toLowerCase().replace('.', '')] ?? 1;
		const value = parseNumber(digits, true) * scale;
		const sign = (groups['sign'] ?? groups['after'] ?? '').toLowerCase();
		const due = DUE.exec(text.slice(end, end + 40));
		const period = due === null ? undefined : readPeriod(due[0]);
		const whole = period === undefined ? match[0] : match[0] + (due?.[0] ?? '');
		return finite({
			kind: 'money',
			value,
			unit: CURRENCIES[sign] ?? sign.toUpperCase(),
			...(period && { period }),
			text: whole.trim(),
			start,
			end: start + whole.length,
		});
	}
	const base = { text: match[0], start, end };
	if (groups['percent'] !== undefined)
		return finite({ kind: 'percent', value: parseNumber(groups['percent'], false), unit: '%', ...base });
	if (groups['count'] !== undefined) {
		const [days, unit] = spanOf(groups['span'] ?? '');
		const count = COUNT_WORDS[groups['count'].toLowerCase()] ?? parseNumber(groups['count'], false);
		return finite({ kind: 'duration', value: count * days, unit, ...base });
	}
	const [factor, unit] = UNITS[(groups['unit'] ?? '').toLowerCase()] ?? [1, singular(groups['unit'] ?? '')];
	return finite({ kind: 'quantity', value: parseNumber(groups['quantity'] ?? '', false) * factor, unit, ...base });
}

function finite(amount: Amount): Amount | undefined {
	return Number.isFinite(amount.value) ? amount : undefined;
}

function singular(unit: string): string {
	return unit.toLowerCase().replace(/s$/, '');
}

/** Days and longer are counted in days, shorter ones in hours: battery life and notice periods never mix. */
function spanOf(word: string): [number, string] {
	const lowered = word.toLowerCase();
	if (/week|woche/.test(lowered)) return [7, 'day'];
	if (/month|monat/.test(lowered)) return [365 / 12, 'day'];
	if (/year|jahr/.test(lowered)) return [365, 'day'];
	if (/hour|^h(?:rs?)?$|stunde/.test(lowered)) return [1, 'hour'];
	if (/min/.test(lowered)) return [1 / 60, 'hour'];
	return [1, 'day'];
}

const DUE =
	/^(?:\.00)?\s*(?:\(?\s*(?:\/|per|a|an|each|every|pro|im|je)\s*)(?:calendar\s+|policy\s+)?(?:month|mo\b|year|yr|annum|week|day|night|Monat|Jahr|Woche|Tag)\b|^\s*(?:p\.\s?a\.|pa\b|pcm\b|monthly|annually|yearly|weekly|monatlich|jährlich)/i;
const PERIODS: readonly (readonly [Period, RegExp])[] = [
	['month', /\bmonth(?:ly|s)?\b|\/\s?mo\b|\bmo\b|\bpcm\b|\bmonat(?:lich|s\w*)?\b/i],
	['week', /\bweek(?:ly)?\b|\bwoche\b|\bwöchentlich\b/i],
	['year', /\byear(?:ly)?\b|\bannual(?:ly)?\b|\bannum\b|\byr\b|\bp\.\s?a\.|\bpa\b|\bjahr(?:es\w*)?\b|\bjährlich/i],
	['day', /\bdaily\b|\bday\b|\bnight(?:ly)?\b|\btag\b/i],
];
const PER_YEAR: Record<Period, number> = { day: 365, week: 52, month: 12, year: 1 };
const SCALES: Record<string, number> = {
	million: 1e6,
	millions: 1e6,
	mio: 1e6,
	mn: 1e6,
	m: 1e6,
	billion: 1e9,
	bn: 1e9,
	thousand: 1e3,
	tsd: 1e3,
	k: 1e3,
};
const CURRENCIES: Record<string, string> = {
	$: 'USD',
	us$: 'USD',
	usd: 'USD',
	'us dollars': 'USD',
	dollar: 'USD',
	dollars: 'USD',
	a$: 'AUD',
	au$: 'AUD',
	aud: 'AUD',
	c$: 'CAD',
	ca$: 'CAD',
	cad: 'CAD',
	nz$: 'NZD',
	'€': 'EUR',
	eur: 'EUR',
	euro: 'EUR',
	euros: 'EUR',
	'£': 'GBP',
	gbp: 'GBP',
	pounds: 'GBP',
	'¥': 'JPY',
	'₹': 'INR',
	chf: 'CHF',
	'fr.': 'CHF',
	francs: 'CHF',
	franken: 'CHF',
};
const UNITS: Record<string, [number, string]> = {
	tb: [1024, 'GB'],
	gb: [1, 'GB'],
	mb: [1 / 1024, 'GB'],
	ghz: [1000, 'MHz'],
	mhz: [1, 'MHz'],
	kwh: [1000, 'Wh'],
	wh: [1, 'Wh'],
	kg: [1, 'kg'],
	kilogram: [1, 'kg'],
	kilograms: [1, 'kg'],
	g: [0.001, 'kg'],
	gram: [0.001, 'kg'],
	grams: [0.001, 'kg'],
	lb: [0.4536, 'kg'],
	lbs: [0.4536, 'kg'],
	oz: [0.02835, 'kg'],
	mm: [0.1, 'cm'],
	cm: [1, 'cm'],
	inch: [2.54, 'cm'],
	inches: [2.54, 'cm'],
	'in.': [2.54, 'cm'],
	'″': [2.54, 'cm'],
	'"': [2.54, 'cm'],
	km: [1, 'km'],
	mi: [1.609, 'km'],
	miles: [1.609, 'km'],
	'm²': [1, 'm²'],
	m2: [1, 'm²'],
	sqm: [1, 'm²'],
	'sq m': [1, 'm²'],
	'square metres': [1, 'm²'],
	'square meters': [1, 'm²'],
	'sq ft': [0.0929, 'm²'],
	'ft²': [0.0929, 'm²'],
	'square feet': [0.0929, 'm²'],
	mbps: [1, 'Mbps'],
	'mbit/s': [1, 'Mbps'],
	gbps: [1000, 'Mbps'],
};
/** COUNT_WORDS are the numbers that durations and wishes are often written out with. */
export const COUNT_WORDS: Readonly<Record<string, number>> = {
	one: 1,
	two: 2,
	three: 3,
	four: 4,
	five: 5,
	six: 6,
	seven: 7,
	eight: 8,
	nine: 9,
	ten: 10,
	twelve: 12,
	fourteen: 14,
	fifteen: 15,
	'twenty-four': 24,
	thirty: 30,
	sixty: 60,
	ninety: 90,
};
