import { parseNumber } from '../../facts/amounts.ts';

/** WrittenNumber is a number in a text, in digits or words, with all that it may mean: "1.500" is 1500 or 1.5. */
export interface WrittenNumber {
	readonly text: string;
	readonly readings: readonly number[];
	readonly start: number;
	readonly end: number;
	/** "three" may only count what the sentence itself names; "3" and "thirty" state something. */
	readonly small: boolean;
}

/** findNumbers lists the numbers of a text in order. */
export function findNumbers(text: string): WrittenNumber[] {
	return [...inDigits(text), ...inWords(text)].sort((one, other) => one.start - other.start);
}

/** plainDigits writes the digits of other scripts and widths as 0 to 9, one for one. */
export function plainDigits(text: string): string {
	return text.replace(/[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\uff10-\uff19]/g, (digit) => {
		const code = digit.charCodeAt(0);
		return String(code >= 0xff10 ? code - 0xff10 : code >= 0x966 ? code - 0x966 : (code - 0x660) % 0x90);
	});
}

const SCALES: Readonly<Record<string, number>> = {
	hundred: 100,
	thousand: 1e3,
	tsd: 1e3,
	k: 1e3,
	million: 1e6,
	millions: 1e6,
	millionen: 1e6,
	mio: 1e6,
	mn: 1e6,
	m: 1e6,
	billion: 1e9,
	bn: 1e9,
	trillion: 1e12,
};
const DIGITS =
	/(?<!\d|\d[.,'’])(\d{1,3}(?:[,.'’\u00a0\u202f ]\d{3})+(?!\d)(?:[.,]\d{1,2}(?!\d))?|\d+(?:[.,]\d+)?)(?:[\s-]?(hundred|thousand|tsd|k|millions?|millionen|mio|mn|m|billion|bn|trillion)(?![\p{L}\d²³]))?/giu;

function inDigits(text: string): WrittenNumber[] {
	return [...text.matchAll(DIGITS)].flatMap((match): WrittenNumber[] => {
		const [whole, digits = '', word] = match;
		const scale = SCALES[word?.toLowerCase() ?? ''] ?? 1;
		const readings = [parseNumber(digits, true), parseNumber(digits, false)].map((value) => value * scale);
		// "5 m" is five metres as well.
		if (word?.toLowerCase() === 'm' || word?.toLowerCase() === 'k') readings.push(parseNumber(digits, true));
		// "rooms 5 300 sqm": what a space parts may be two numbers.
		if (/\d \d/.test(digits)) readings.push(...digits.split(' ').map(Number));
		const known = [...new Set(readings.filter(Number.isFinite))];
		return [{ text: whole.trim(), readings: known, start: match.index, end: match.index + whole.length, small: false }];
	});
}

const ONES =
	'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
		' ',
	);
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const VALUES = new Map<string, number>([
	...ONES.map((word, index) => [word, index + 1] as const),
	...TENS.map((word, index) => [word, (index + 2) * 10] as const),
	['a', 1],
]);
const BIG = new Map([
	['hundred', 100],
	['thousand', 1e3],
	['million', 1e6],
	['billion', 1e9],
]);
const WORD = [...ONES, ...TENS, ...BIG.keys()].join('|');
const WORDS = new RegExp(
	`(?<![\\p{L}\\d-])(?:a\\s(?=hundred|thousand|million))?(?:${WORD})(?:[\\s-](?:and\\s(?=${WORD}))?(?:${WORD})){0,8}(?![\\p{L}])`,
	'giu',
);

function inWords(text: string): WrittenNumber[] {
	return [...text.matchAll(WORDS)].flatMap((match): WrittenNumber[] => {
		// "12 million" is read with its digits.
		if (/\d[\s-]?$/.test(text.slice(Math.max(0, match.index - 2), match.index))) return [];
		const words = match[0].toLowerCase().split(/[\s-]+/);
		const value = readWords(words);
		const small = words.length === 1 && value <= 12;
		return [{ text: match[0], readings: [value], start: match.index, end: match.index + match[0].length, small }];
	});
}

function readWords(words: readonly string[]): number {
	let total = 0;
	let group = 0;
	for (const word of words) {
		const big = BIG.get(word);
		if (big === undefined) group += VALUES.get(word) ?? 0;
		else if (big === 100) group = Math.max(1, group) * 100;
		else {
			total += Math.max(1, group) * big;
			group = 0;
		}
	}
	return total + group;
}
