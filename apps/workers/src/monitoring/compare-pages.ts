import { saysNothing } from './fold-line.ts';
import { lineDifferences } from './line-differences.ts';
import type { Noise } from './noise-patterns.ts';
import { changedLine, countWords, oneSided, type PageChange, wordsDiffering } from './page-change.ts';
import { type PageLine, pageLines } from './page-lines.ts';
import { pairLines } from './pair-lines.ts';

/** Ignored counts differences that are none to a reader, by what they were. */
export type Ignored = Readonly<Partial<Record<Noise | 'order' | 'typography' | 'surroundings' | 'small', number>>>;

/** Comparison is what became of a page: what it says otherwise, and what was left out of account. */
export interface Comparison {
	readonly changed: boolean;
	/** In the order of the page; what is gone stands where it stood. */
	readonly changes: readonly PageChange[];
	readonly ignored: Ignored;
}

/** CompareOptions says what the person does not want to hear of: lines with these texts, and changes of fewer words than that. */
export interface CompareOptions {
	readonly ignore?: readonly string[] | undefined;
	readonly minChange?: number | undefined;
}

/**
 * comparePages holds two versions of a page (Markdown) against each other. Dates and times, counters, tokens, session ids, typography, the
 * order of lists and what stands around every page do not count; prices always do. Both versions are read by the same rules, so that new
 * rules make no changes. Pure.
 */
export function comparePages(before: string, after: string, options: CompareOptions = {}): Comparison {
	const { ignore = [], minChange = 1 } = options;
	const [old, now] = bySense(pageLines(before, ignore), pageLines(after, ignore));
	const { removed, added, moved } = lineDifferences(keysOf(old), keysOf(now));
	const known = { old: new Set(keysOf(old)), now: new Set(keysOf(now)) };
	const told = {
		removed: removed.filter((at) => !isEcho(old[at], known.now)),
		added: added.filter((at) => !isEcho(now[at], known.old)),
	};
	const pairs = pairLines(
		told.removed.map((at) => ({ at, text: old[at]?.key ?? '' })),
		told.added.map((at) => ({ at, text: now[at]?.key ?? '' })),
	);
	const found = pairs.map(({ before: gone, after: come }): Found => {
		const [from, to] = [gone === undefined ? undefined : old[gone], come === undefined ? undefined : now[come]];
		return foundChange(from, to, come ?? gone ?? 0);
	});
	const words = found.reduce((sum, one) => sum + one.words, 0);
	const counts = words >= minChange || found.some(({ price }) => price);
	const ignored = tally(old, now, moved);
	if (found.length === 0) return { changed: false, changes: [], ignored };
	if (!counts) return { changed: false, changes: [], ignored: { ...ignored, small: found.length } };
	found.sort((one, other) => one.place - other.place);
	return { changed: true, changes: found.map(({ change }) => change), ignored };
}

interface Found {
	readonly change: PageChange;
	readonly words: number;
	readonly price: boolean;
	readonly place: number;
}

function foundChange(from: PageLine | undefined, to: PageLine | undefined, place: number): Found {
	const price = pricesIn(from) !== pricesIn(to);
	if (from !== undefined && to !== undefined) {
		return { change: changedLine(from.text, to.text), words: wordsDiffering(from.key, to.key), price, place };
	}
	const text = (to ?? from)?.text ?? '';
	return { change: oneSided(to === undefined ? 'removed' : 'added', text), words: countWords(text), price, place };
}

const PRICE =
	/(?:[$€£¥₹]|\b(?:usd|eur|gbp|chf|cad|aud|jpy|inr)\b)\s?\d[\d.,]*|\d[\d.,]*\s?(?:[€£¥₹]|(?:usd|eur|gbp|chf|cad|aud|jpy|inr|kr|zł)\b)/g;

function pricesIn(line: PageLine | undefined): string {
	return (line?.key.match(PRICE) ?? []).join(' ');
}

/** The lines that count. Where a version is nothing but noise, as a part that somebody chose may be, its words are taken as they stand. */
function bySense(before: readonly PageLine[], after: readonly PageLine[]): [Sensed[], Sensed[]] {
	const literal = [before, after].some((lines) => lines.length > 0 && !lines.some((line) => isTold(line)));
	const read = (lines: readonly PageLine[]) =>
		lines.map((line): Sensed => {
			return literal
				? { ...line, key: line.literal, noise: NONE, counts: line.literal !== '' }
				: { ...line, counts: isTold(line) };
		});
	return [read(before), read(after)];
}

const NONE: ReadonlySet<Noise> = new Set();

interface Sensed extends PageLine {
	readonly counts: boolean;
}

function isTold({ left, key }: PageLine): boolean {
	return !left && !saysNothing(key);
}

/** What does not count has no key, and is no difference. */
function keysOf(lines: readonly Sensed[]): string[] {
	return lines.map(({ counts, key }) => (counts ? key : ''));
}

/** "Add to cart" once more or less comes with something that is told by itself. */
function isEcho(line: PageLine | undefined, others: ReadonlySet<string>): boolean {
	return line !== undefined && others.has(line.key) && countWords(line.key) <= 3 && !/\d/.test(line.key);
}

/** What differs to the letter and not in what it says, by the reason. */
function tally(before: readonly Sensed[], after: readonly Sensed[], moved: number): Ignored {
	const counts = new Map<keyof Ignored, number>();
	const add = (what: keyof Ignored, count = 1) => counts.set(what, (counts.get(what) ?? 0) + count);
	if (moved > 0) add('order', moved);
	const shown = new Map<string, number>();
	for (const { text } of before) shown.set(text, (shown.get(text) ?? 0) + 1);
	const said = new Set(before.map(({ key }) => key));
	for (const line of after) {
		const same = shown.get(line.text) ?? 0;
		if (same > 0) {
			shown.set(line.text, same - 1);
			continue;
		}
		if (line.left) add('surroundings');
		else if (!said.has(line.key)) continue;
		else if (line.noise.size === 0) add('typography');
		else for (const noise of line.noise) add(noise);
	}
	return Object.fromEntries(counts);
}
