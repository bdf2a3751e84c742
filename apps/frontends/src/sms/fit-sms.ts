import { plainerText } from './gsm-text.ts';
import { smsSegments } from './segments.ts';

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** FitOptions say how much room there is and what must stand at the end. */
export interface FitOptions {
	readonly maxSegments: number;
	/** The most characters a message may have on the platform. */
	readonly maxLength: number;
	/** What is cut instead of the text where that does not fit. */
	readonly brief?: string | undefined;
	/** Put after a text that had to be cut. */
	readonly more: string;
	/** Always put at the end, cut or not. */
	readonly ending?: string | undefined;
}

/** fitSms makes a text that fits: whole if it can be, else cut after a sentence (or a word) with a word on where the rest is. */
export function fitSms(text: string, { maxSegments, maxLength, more, brief, ending = '' }: FitOptions): string {
	const end = ending === '' ? '' : `\n${ending}`;
	const fits = (candidate: string) => candidate.length <= maxLength && smsSegments(candidate).segments <= maxSegments;
	const whole = plainerText(`${text.trim()}${end}`.trim());
	if (fits(whole)) return whole;
	const cut = (kept: string) => plainerText(`${kept.trimEnd()}${kept === '' ? '' : ' '}${more}${end}`);
	const source = (brief ?? text).trim();
	if (brief !== undefined && fits(cut(source))) return cut(source);
	const borders = bordersOf(source, maxLength);
	// What is kept only grows more expensive with its length, so the longest that fits can be found by halving.
	let [low, high] = [0, borders.length - 1];
	while (low < high) {
		const middle = Math.ceil((low + high) / 2);
		if (fits(cut(source.slice(0, borders[middle])))) low = middle;
		else high = middle - 1;
	}
	return cut(atSentence(source.slice(0, borders[low])));
}

/** Where a text may be cut: between what a person takes for single characters. */
function bordersOf(text: string, maxLength: number): number[] {
	const borders = [0];
	for (const { index, segment } of graphemes.segment(text.slice(0, maxLength * 2))) {
		borders.push(index + segment.length);
		if (index > maxLength) break;
	}
	return borders;
}

/** Goes back to the end of a sentence if that keeps half of the text, else of a word if that keeps most of it. */
function atSentence(text: string): string {
	const sentence = lastEnd(text, /[.!?…](?=\s)|[。！？]|\n/gu);
	if (sentence >= text.length / 2) return text.slice(0, sentence);
	const word = text.search(/\s\S*$/u);
	return word >= text.length * 0.7 ? text.slice(0, word) : text;
}

function lastEnd(text: string, ends: RegExp): number {
	let last = -1;
	for (const found of text.matchAll(ends)) last = found.index + found[0].length;
	return last;
}
