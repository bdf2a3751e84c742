import type { ReadSchedule } from '../../ports/schedule-times.ts';
import { buildRule } from './build-rule.ts';
import { cronProblem } from './cron-times.ts';
import type { Given, Phrase, Reader } from './phrase.ts';
import { readClock, readHours } from './read-clock.ts';
import { readBounds, readMoment } from './read-moment.ts';
import { readRecurrence } from './read-recurrence.ts';
import { readZone } from './read-zone.ts';

/** Words about time stand among the first or last characters of a sentence. */
const REACH = 240;
/** Small marks around and between the parts. */
const BETWEEN = /^(?:[\s,]+(?:and (?=until|starting|at |in |on |from|every|each))?)?/;
const SEPARATORS = /^[\s,.;:|–—-]+|[\s,.;:|–—-]+$/g;

/**
 * parseSchedule reads words about time at the beginning or the end of a sentence, and gives the rest of it. Words without a zone are
 * meant in `timeZone`; where no time of the day is said, nine in the morning is meant.
 */
export function parseSchedule(words: string, given: Given): ReadSchedule {
	const found = timeWords(words, given);
	if (found === undefined) {
		const seen = words.trim().slice(0, 120);
		return { ok: false, seen, why: seen === '' ? 'there are no words' : 'no words about time are in it' };
	}
	const { seen, rest, phrase } = found;
	const built = buildRule(phrase, given);
	return 'why' in built ? { ok: false, seen, why: built.why } : { ok: true, rule: built.rule, rest };
}

/** TimeWords are the words of a sentence that speak of time, with what they say, and the rest of it. */
export interface TimeWords {
	readonly seen: string;
	readonly rest: string;
	readonly phrase: Phrase;
	readonly where: 'first' | 'last' | 'inside';
}

/** timeWords finds the words about time at the beginning or else at the end of a sentence; `inside` looks in its middle as well. */
export function timeWords(words: string, given: Given, { inside = false } = {}): TimeWords | undefined {
	const text = words.replace(/\s+/g, ' ').trim();
	const small = text.toLowerCase();
	const first = readPhrase(small.slice(0, REACH), given);
	if (first !== undefined) return cut(text, { ...first, from: 0, where: 'first' });
	const start = Math.max(0, small.length - REACH);
	for (const { index } of small.slice(start).matchAll(/(?<![\w@*/])[\w@*(]/g)) {
		const from = start + index;
		const read = readPhrase(small.slice(from), given);
		if (read === undefined || /\w/.test(small.slice(from + read.length))) continue;
		return cut(text, { ...read, from, where: 'last' });
	}
	return inside ? insideOf(text, given) : undefined;
}

/** Those that say most, the first of them. */
function insideOf(text: string, given: Given): TimeWords | undefined {
	const small = text.toLowerCase();
	let best: { from: number; length: number; phrase: Phrase; where: 'inside' } | undefined;
	for (const { index } of small.slice(0, 2 * REACH).matchAll(/(?<!\w)\w/g)) {
		const read = readPhrase(small.slice(index, index + REACH), given);
		if (read !== undefined && read.length > (best?.length ?? 0)) best = { from: index, where: 'inside', ...read };
	}
	return best === undefined ? undefined : cut(text, best);
}

function cut(
	text: string,
	{ from, length, phrase, where }: { from: number; length: number; phrase: Phrase; where: TimeWords['where'] },
): TimeWords {
	const rest = `${text.slice(0, from).trimEnd()} ${text.slice(from + length).trimStart()}`;
	return { seen: text.slice(from, from + length), rest: rest.trim().replace(SEPARATORS, '').trim(), phrase, where };
}

const READERS: readonly Reader[] = [readCron, readRecurrence, readHours, readBounds, readClock, readZone, readMoment];

/** As much as speaks of time, from the beginning of a text on. */
function readPhrase(text: string, given: Given): { length: number; phrase: Phrase } | undefined {
	let phrase: Phrase = {};
	let length = 0;
	for (;;) {
		const gap = BETWEEN.exec(text.slice(length))?.[0].length ?? 0;
		const rest = text.slice(length + gap);
		if (length > 0 && gap === 0 && !rest.startsWith('(')) break;
		const read = nextPart(rest, phrase, given);
		if (read === undefined) break;
		phrase = read.phrase;
		length += gap + read.length;
		if (phrase.refused !== undefined) break;
	}
	const { cron, recurrence, moment, times, refused } = phrase;
	const speaks = [cron, recurrence, moment, times, refused].some((part) => part !== undefined);
	return speaks ? { length, phrase } : undefined;
}

function nextPart(text: string, phrase: Phrase, given: Given): ReturnType<Reader> {
	for (const reader of READERS) {
		const read = reader(text, phrase, given);
		if (read !== undefined && read.length > 0) return read;
	}
	return undefined;
}

const FIELD =
	'(?:[\\d*?][\\d*/,\\-#lw]*|(?:mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z0-9,#-]*|l)';
const LINE = `${FIELD}(?: ${FIELD}){4,5}`;
const CRON = new RegExp(
	`^(?:cron:? )?\`?(@(?:yearly|annually|monthly|weekly|daily|midnight|hourly)|${LINE}(?:; ?${LINE})*)\`?(?![\\w/*,])`,
);

function readCron(text: string, before: Phrase, { timeZone }: Given): ReturnType<Reader> {
	if (Object.keys(before).length > 0) return undefined;
	const [whole, cron] = CRON.exec(text) ?? [];
	if (whole === undefined || cron === undefined) return undefined;
	const problem = cronProblem(cron, timeZone);
	const said = problem === undefined ? { cron } : { refused: problem };
	return { length: whole.length, phrase: said };
}
