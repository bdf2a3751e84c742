import { type Enclosure, findEnclosures } from './enclosures.ts';

/**
 * splitText cuts Markdown into parts that measure at most `limit` each: between paragraphs where it can, else between
 * lines, sentences, words, and last between characters as people see them. A code fence that a cut goes through is closed
 * and opened again in its language, a table gets its header again.
 */
export function splitText(text: string, limit: number, measure: Measure = (part) => part.length): string[] {
	const enclosures = limit < LEAST_FOR_ENCLOSURES ? [] : findEnclosures(text, limit);
	const parts: string[] = [];
	let at = skipBlank(text, 0, enclosures);
	while (at < text.length) {
		const part = new Part(text, at, { limit, measure, enclosures });
		const end = part.lastFit();
		const cut = end === text.length ? end : part.bestCut(end);
		const words = part.upTo(cut);
		if (words.trim() !== '') parts.push(words);
		at = skipBlank(text, cut, enclosures);
	}
	return parts;
}

/** Measure says how long a text is as its platform counts; of two texts the one that continues the other is not shorter. */
export type Measure = (text: string) => number;

const LEAST_FOR_ENCLOSURES = 80;
/** A border before this share of the room is left unused rather than make a tiny part. */
const LEAST_FILL = 0.4;
/** A line that opens or closes a fence is shorter. */
const LONGEST_FENCE = 100;

interface Bounds {
	readonly limit: number;
	readonly measure: Measure;
	readonly enclosures: readonly Enclosure[];
}

/** One part that begins at `start`. */
class Part {
	readonly #text: string;
	readonly #start: number;
	readonly #bounds: Bounds;
	readonly #opening: string;
	/** The fence it begins with, or goes on with. */
	readonly #lead: Enclosure | undefined;

	constructor(text: string, start: number, bounds: Bounds) {
		this.#text = text;
		this.#start = start;
		this.#bounds = bounds;
		const around = enclosureAt(bounds.enclosures, start);
		const begins = lastBefore(bounds.enclosures, start + 1);
		this.#lead = begins?.kind === 'fence' && start < begins.end ? begins : undefined;
		const midLine = around?.kind === 'table' && text[start - 1] !== '\n';
		this.#opening = around === undefined || midLine ? '' : around.reopening;
	}

	upTo(end: number): string {
		const around = enclosureAt(this.#bounds.enclosures, end);
		const lead = this.#lead;
		// What was indented for an item of a list before the cut stands at the edge after it.
		const border = lead === undefined ? this.#start : Math.min(end, lead.end);
		const first = dedented(this.#text.slice(this.#start, border), lead?.indent ?? 0);
		// Blanks at the end mean nothing; those at the beginning of a line of code do.
		const body = (first + this.#text.slice(border, end)).trimEnd();
		if (around?.kind !== 'fence') return this.#opening + body;
		const indent = around === lead ? '' : ' '.repeat(around.indent);
		return `${this.#opening}${body}${around.closing.replace('\n', `\n${indent}`)}`;
	}

	/** The furthest end that fits; at least one character is taken, or there would be no end to it. */
	lastFit(): number {
		const fits = (end: number) => this.#fits(end);
		if (fits(this.#text.length)) return this.#text.length;
		let low = this.#start;
		let step = this.#bounds.limit;
		while (low + step < this.#text.length && fits(low + step)) {
			low += step;
			step *= 2;
		}
		let high = Math.min(low + step, this.#text.length);
		while (high - low > 1) {
			const middle = (low + high) >> 1;
			if (fits(middle)) low = middle;
			else high = middle;
		}
		return Math.max(low, this.#start + 1);
	}

	bestCut(end: number): number {
		const window = this.#text.slice(this.#start, end);
		const severed = lastBefore(this.#bounds.enclosures, end);
		const whole = severed === undefined || severed.end <= end ? 0 : severed.start - this.#start;
		for (const cut of [
			...(whole > window.length * LEAST_FILL ? [whole] : []),
			...borders(window, this.#text[end] ?? ''),
		]) {
			const place = this.#start + cut;
			if (this.#allowed(place)) return place;
		}
		if (whole > 0) return severed?.start ?? end;
		for (let last = end; last > this.#start && last > end - LONGEST_FENCE; last--) {
			const place = lastGrapheme(this.#text, this.#start, last);
			if (this.#allowed(place)) return place;
		}
		return afterCodePoint(this.#text, this.#start, end);
	}

	#fits(end: number): boolean {
		// Too long by far is known without measuring: nothing counts less than a sixteenth of its characters.
		if (end - this.#start > this.#bounds.limit * 16) return false;
		return this.#bounds.measure(this.upTo(end)) <= this.#bounds.limit;
	}

	#allowed(place: number): boolean {
		if (place <= this.#start) return false;
		const split = lastBefore(this.#bounds.enclosures, place);
		const through = split !== undefined && place < split.end;
		if (through && !(place > split.bodyStart && place < split.bodyEnd)) return false;
		return this.#fits(place);
	}
}

/** Places to cut a window, best first; `next` is the character after it. */
function borders(window: string, next: string): number[] {
	const found: number[] = [];
	const least = window.length * LEAST_FILL;
	const note = (index: number, width: number, share = least) => {
		if (index + width > share && index > 0) found.push(index + width);
	};
	note(window.lastIndexOf('\n\n'), 0);
	note(window.endsWith('\n') || next !== '\n' ? window.lastIndexOf('\n') : window.length, 0);
	note(lastOutsideLink(window, Math.max(...SENTENCE_ENDS.map((end) => window.lastIndexOf(end)))), 1);
	const blank = /\s/.test(next) ? window.length : lastBlank(window);
	note(lastOutsideLink(window, blank), 0);
	note(window.lastIndexOf('\n'), 0, 0);
	note(blank, 0, 0);
	return found;
}

const SENTENCE_ENDS = ['. ', '! ', '? ', '… ', '。', '！', '？', '; '];

function lastBlank(window: string): number {
	return Math.max(window.lastIndexOf(' '), window.lastIndexOf('\n'), window.lastIndexOf('\t'));
}

/** A cut inside `[words](address)` moves before it. */
function lastOutsideLink(window: string, cut: number): number {
	const bracket = window.lastIndexOf('[', cut);
	if (bracket === -1 || cut - bracket > 500) return cut;
	const closed = window.slice(bracket, cut).search(/\]\([^)\s]{0,500}\)|\][^(]/);
	return closed === -1 ? bracket : cut;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
/** Longer clusters than this are not what anybody writes. */
const LONGEST_GRAPHEME = 64;

/** The border between two characters as people see them at or before `end`. */
function lastGrapheme(text: string, start: number, end: number): number {
	const from = Math.max(start, end - LONGEST_GRAPHEME);
	let border = start;
	for (const { index, segment } of graphemes.segment(text.slice(from, end + LONGEST_GRAPHEME))) {
		if (from + index > end) break;
		// A segment that begins where the look began may be the rest of one.
		if (index > 0) border = from + index;
		if (from + index + segment.length === end) return end;
	}
	return border;
}

function afterCodePoint(text: string, start: number, end: number): number {
	const before = text.charCodeAt(end - 1);
	const splitsPair = before >= 0xd800 && before <= 0xdbff && end < text.length;
	if (!splitsPair) return end;
	return end - 1 > start ? end - 1 : end + 1;
}

function dedented(text: string, indent: number): string {
	return indent === 0 ? text : text.replace(new RegExp(`(^|\\n)[ \\t]{1,${indent}}`, 'g'), '$1');
}

/** Blank lines at a cut, and blanks outside code, belong to no part. */
function skipBlank(text: string, from: number, enclosures: readonly Enclosure[]): number {
	const around = enclosureAt(enclosures, from);
	if (around?.kind === 'fence') return text[from] === '\n' ? from + 1 : from;
	let at = from;
	while (at < text.length && /\s/.test(text[at] ?? '')) at++;
	return at;
}

/** The fence or table whose body a place is in. */
function enclosureAt(enclosures: readonly Enclosure[], place: number): Enclosure | undefined {
	const found = lastBefore(enclosures, place);
	return found !== undefined && found.bodyStart < place && place < found.bodyEnd ? found : undefined;
}

/** The last fence or table that begins before a place. */
function lastBefore(enclosures: readonly Enclosure[], place: number): Enclosure | undefined {
	let low = 0;
	let high = enclosures.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((enclosures[middle]?.start ?? 0) < place) low = middle + 1;
		else high = middle;
	}
	return enclosures[low - 1];
}
