import { findDates } from './entities/dates.ts';
import { findAmounts, parseNumber } from './facts/amounts.ts';

/** Figure is a number that a sentence states: an amount, a share, a span, a date or a count of things (`unit`). */
export interface Figure {
	readonly kind: 'money' | 'percent' | 'duration' | 'quantity' | 'date' | 'count';
	readonly value: number | string;
	readonly unit: string;
	/** As written. */
	readonly text: string;
	readonly start: number;
	readonly end: number;
}

/** findFigures lists the figures of a sentence in order. */
export function findFigures(text: string): Figure[] {
	const dates = findDates(text).map(
		({ iso, ...place }): Figure => ({ kind: 'date', value: iso, unit: 'date', ...place }),
	);
	const amounts = findAmounts(text).map(({ kind, value, unit, period, text: words, start, end }): Figure => {
		return { kind, value, unit: period === undefined ? unit : `${unit}/${period}`, text: words, start, end };
	});
	const found = [...dates, ...amounts.filter((amount) => !dates.some((date) => meets(date, amount)))];
	const counts = countsIn(text).filter((count) => !found.some((figure) => meets(figure, count)));
	return [...found, ...counts].sort((one, other) => one.start - other.start);
}

const COUNT =
	/(?<![\p{L}\d.,$€£¥-])(\d{1,3}(?:[,\u00a0\u202f ]\d{3})+|\d+(?:\.\d+)?)(?: (million|billion|thousand))? ((?:[\p{Ll}-]+ ){0,2}?)(\p{Ll}{3,}s)(?![\p{L}])/gu;
const NO_THINGS =
	/^(?:was|is|has|this|its|his|as|does|less|years?|months?|days?|weeks?|hours?|minutes?|percents?|thus|across|towards|plus|times|others|ours|theirs)$/;
const SCALE: Readonly<Record<string, number>> = { thousand: 1e3, million: 1e6, billion: 1e9 };

/** "1,200 old weirs": a number and the things it counts. */
function countsIn(text: string): Figure[] {
	return [...text.matchAll(COUNT)].flatMap((match): Figure[] => {
		const [whole, digits = '', scale, between = '', things = ''] = match;
		if (NO_THINGS.test(things) || /\b(?:of|and|or|in|by|to|for|on|at|the|than|is|was)\b/.test(between)) return [];
		const value = parseNumber(digits, true) * (SCALE[scale ?? ''] ?? 1);
		if (!Number.isFinite(value) || (scale === undefined && /^(?:19|20)\d\d$/.test(digits))) return [];
		return [{ kind: 'count', value, unit: things, text: whole, start: match.index, end: match.index + whole.length }];
	});
}

function meets(one: { start: number; end: number }, other: { start: number; end: number }): boolean {
	return one.start < other.end && other.start < one.end;
}
