import { findDates } from '../../entities/dates.ts';
import { type Amount, findAmounts, type Period, readPeriods } from '../../facts/amounts.ts';
import { foldMarkdown } from './fold-markdown.ts';
import { findNumbers, plainDigits, type WrittenNumber } from './numbers.ts';

/**
 * unsupportedFigures lists the numbers, dates, amounts and percentages of a statement that its quotes do not hold, as written.
 * The spelling may differ ("1,500" and "1.500", "15 %" and "fifteen percent", "3 March 2026" and "2026-03-03", "two weeks"
 * and "14 days"), value, currency, unit and period may not, nor is a period added that the quote does not name; nothing is
 * calculated or rounded, and struck-out words hold nothing. A small number in words is looked for only before a unit: "the three policies" states nothing.
 */
export function unsupportedFigures(statement: string, quotes: readonly string[]): string[] {
	const text = withoutMarks(plainDigits(statement));
	const known = quotes.map((quote) => readEvidence(plainDigits(withoutStruck(quote))));
	const dates = findWrittenDates(text);
	const amounts = findAmounts(text).filter((amount) => !dates.some((date) => meets(date, amount)));
	const numbers = findNumbers(text).filter(
		(number) => !number.small && ![...dates, ...amounts].some((one) => meets(one, number)),
	);
	const missing = [
		...dates.filter((date) => !known.some((evidence) => holdsDate(evidence, date))),
		...amounts.filter((amount) => !known.some((evidence) => holdsAmount(evidence, amount))),
		...numbers.filter((number) => !known.some((evidence) => holdsNumber(evidence, number))),
	];
	return [...new Set(missing.sort((one, other) => one.start - other.start).map((figure) => figure.text.trim()))];
}

/** Marks of sources (`[3]`) and the numbers of a list are no figures. */
function withoutMarks(statement: string): string {
	return statement.replace(/\[\d{1,2}\]|^\s{0,6}\d{1,2}[.)](?=\s)/gm, (mark) => ' '.repeat(mark.length));
}

function withoutStruck(quote: string): string {
	return foldMarkdown(quote.replace(/~~[\s\S]{1,400}?~~/g, ' ').replaceAll('|', ' ; ')).text;
}

interface Evidence {
	readonly numbers: readonly WrittenNumber[];
	/** Numbers of two digits or more that stand alone, as in a column whose head names the unit. */
	readonly bare: readonly WrittenNumber[];
	readonly amounts: readonly Amount[];
	readonly dates: readonly WrittenDate[];
	/** How often something falls due, wherever the quote says it: "Annual premium | $576". */
	readonly periods: readonly Period[];
}

function readEvidence(quote: string): Evidence {
	const numbers = findNumbers(quote);
	const dates = findWrittenDates(quote);
	const amounts = findAmounts(quote).filter((amount) => !dates.some((date) => meets(date, amount)));
	const bare = numbers.filter(
		(number) =>
			/\d.?\d/.test(number.text) &&
			!/^[\s-]*(?!(?:per|pro|a|an|each)\b)[\p{L}%]/u.test(quote.slice(number.end, number.end + 12)) &&
			![...amounts, ...dates].some((one) => meets(one, number)),
	);
	return { numbers, bare, amounts, dates, periods: readPeriods(quote) };
}

function holdsNumber({ numbers, amounts }: Evidence, { readings }: WrittenNumber): boolean {
	return (
		numbers.some((number) => number.readings.some((value) => readings.some((one) => isSame(one, value)))) ||
		amounts.some((amount) => readings.some((one) => isSame(one, amount.value)))
	);
}

function holdsAmount({ amounts, bare, periods }: Evidence, amount: Amount): boolean {
	const { period } = amount;
	const isNamed = period === undefined || periods.includes(period);
	const same = amounts.some(
		(known) =>
			known.unit === amount.unit &&
			isSame(known.value, amount.value) &&
			(known.period === undefined ? isNamed : period === undefined || known.period === period),
	);
	// A table may name the unit in its head: "Premium (USD)" and "576".
	const readings = findNumbers(amount.text).flatMap((number) => number.readings);
	const alone = bare.some((number) => number.readings.some((value) => readings.some((one) => isSame(one, value))));
	return same || (alone && isNamed);
}

function isSame(one: number, other: number): boolean {
	return Math.abs(one - other) <= Math.max(Math.abs(one), Math.abs(other)) * 1e-9;
}

/** A date with all days it may mean; one without a year is `--MM-DD`. */
interface WrittenDate {
	readonly text: string;
	readonly readings: readonly string[];
	readonly start: number;
	readonly end: number;
}

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const GERMAN: Readonly<Record<string, number>> = { mär: 3, mai: 5, okt: 10, dez: 12 };
const MONTH =
	'January|February|March|April|May|June|July|August|September|October|November|December|Januar|Februar|März|Mai|Juni|Juli|Oktober|Dezember|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Okt|Nov|Dec|Dez';
const DAY_OF_MONTH = new RegExp(
	`(?<![\\p{L}\\d])(?:(?<day>\\d{1,2})(?:st|nd|rd|th)?\\.?\\s+(?:of\\s+)?(?<month>${MONTH})|(?<month2>${MONTH})\\.?\\s+(?<day2>\\d{1,2})(?:st|nd|rd|th)?)(?![\\p{L}\\d])`,
	'gu',
);

function findWrittenDates(text: string): WrittenDate[] {
	const whole = findDates(text).map((date): WrittenDate => {
		const [, first, second, year] = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(date.text) ?? [];
		const dayFirst = Number(first) <= 12 && Number(second) <= 12 ? `${year}-${two(second)}-${two(first)}` : date.iso;
		return { ...date, readings: [...new Set([date.iso, dayFirst])] };
	});
	const partial = [...text.matchAll(DAY_OF_MONTH)].flatMap((match): WrittenDate[] => {
		const place = { start: match.index, end: match.index + match[0].length };
		if (whole.some((date) => meets(date, place))) return [];
		const { day, month, day2, month2 } = match.groups ?? {};
		const name = (month ?? month2 ?? '').toLowerCase().slice(0, 3);
		const number = GERMAN[name] ?? MONTHS.indexOf(name) + 1;
		return [{ text: match[0], readings: [`--${two(String(number))}-${two(day ?? day2)}`], ...place }];
	});
	return [...whole, ...partial];
}

function two(digits = ''): string {
	return digits.padStart(2, '0');
}

/** A statement may say less than its quote ("March 2026" of 3 March 2026), never more. */
function holdsDate({ dates }: Evidence, { readings }: WrittenDate): boolean {
	return readings.some((wanted) =>
		dates.some((known) =>
			known.readings.some((iso) =>
				wanted.startsWith('--') ? iso.endsWith(wanted.slice(1)) : iso === wanted || iso.startsWith(`${wanted}-`),
			),
		),
	);
}

function meets(one: { start: number; end: number }, other: { start: number; end: number }): boolean {
	return one.start < other.end && other.start < one.end;
}
