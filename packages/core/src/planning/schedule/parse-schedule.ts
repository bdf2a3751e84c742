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
	const text = words.replace(/\s+/g, ' ').trim();
	const small = text.toLowerCase();
	if (small === '') return { ok: false, seen: '', why: 'there are no words' };
	const first = readPhrase(small.slice(0, REACH), given);
	if (first !== undefined)
		return finished(first.phrase, given, { seen: text.slice(0, first.length), rest: text.slice(first.length) });
	const start = Math.max(0, small.length - REACH);
	for (const { index } of small.slice(start).matchAll(/(?<![\w@*/])[\w@*(]/g)) {
		const from = start + index;
		const read = readPhrase(small.slice(from), given);
		if (read === undefined || /[\w]/.test(small.slice(from + read.length))) continue;
		return finished(read.phrase, given, { seen: text.slice(from), rest: text.slice(0, from) });
	}
	return { ok: false, seen: text.slice(0, 120), why: 'no words about time are in it' };
}

/** scheduleInside finds words about time in the middle of a sentence: those that say most, the first of them. */
export function scheduleInside(words: string, given: Given): ReadSchedule {
	const text = words.replace(/\s+/g, ' ').trim().slice(0, 4_000);
	const small = text.toLowerCase();
	let best: { from: number; length: number; phrase: Phrase } | undefined;
	for (const { index } of small.slice(0, 2 * REACH).matchAll(/(?<!\w)\w/g)) {
		const read = readPhrase(small.slice(index, index + REACH), given);
		if (read === undefined || read.length <= (best?.length ?? 0)) continue;
		best = { from: index, ...read };
	}
	if (best === undefined) return { ok: false, seen: text.slice(0, 120), why: 'no words about time are in it' };
	const { from, length, phrase } = best;
	const rest = `${text.slice(0, from).trimEnd()} ${text.slice(from + length).trimStart()}`;
	return finished(phrase, given, { seen: text.slice(from, from + length), rest });
}

function finished(phrase: Phrase, given: Given, { seen, rest }: { seen: string; rest: string }): ReadSchedule {
	const built = buildRule(phrase, given);
	if ('why' in built) return { ok: false, seen: seen.trim(), why: built.why };
	return { ok: true, rule: built.rule, rest: rest.trim().replace(SEPARATORS, '').trim() };
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
const CRON = new RegExp(
	`^(?:cron:? )?\`?(@(?:yearly|annually|monthly|weekly|daily|midnight|hourly)|${FIELD}(?: ${FIELD}){4,5})\`?(?![\\w/*,])`,
);

function readCron(text: string, before: Phrase, { timeZone }: Given): ReturnType<Reader> {
	if (Object.keys(before).length > 0) return undefined;
	const [whole, cron] = CRON.exec(text) ?? [];
	if (whole === undefined || cron === undefined) return undefined;
	const problem = cronProblem(cron, timeZone);
	const said = problem === undefined ? { cron } : { refused: problem };
	return { length: whole.length, phrase: said };
}
