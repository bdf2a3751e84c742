import { type Amount, findAmounts } from './amounts.ts';
import { CUES } from './vocabulary.ts';
import { rawPattern } from './words.ts';

/** Standing says whether a figure holds today for everyone, or is a former, introductory, optional or invented one. */
export type Standing = 'current' | 'former' | 'introductory' | 'optional' | 'example';

/** Clause is a piece of a sentence or cell with the figures in it. */
export interface Clause {
	readonly text: string;
	readonly start: number;
	readonly amounts: readonly Amount[];
	readonly standing: Standing;
	/** It says that something changed or will (`now`, `thereafter`, `from 2026`). */
	readonly changed: boolean;
	/** The date it holds from, as written. */
	readonly from?: string;
}

/** readClauses cuts a sentence or cell at its joints, so that each figure is judged by the words of its own clause. */
export function readClauses(text: string, kind: Amount['kind'] | undefined, year: number): Clause[] {
	const amounts = findAmounts(text).filter((amount) => kind === undefined || amount.kind === kind);
	const example = EXAMPLE.test(text);
	return pieces(text, amounts).map(({ start, end }) => {
		const piece = text.slice(start, end);
		const from = FROM.exec(piece)?.[1];
		const standing = example ? 'example' : standingOf(piece, year);
		return {
			text: piece.replace(/^[\s,;:(]+|[\s,;(]+$/g, ''),
			start,
			amounts: amounts.filter((amount) => amount.start >= start && amount.start < end),
			standing,
			changed: standing === 'current' && (from !== undefined || CHANGE.test(piece)),
			...(from !== undefined && { from }),
		};
	});
}

/** standingOf judges one clause, label or column head. `year` is the year the document speaks from. */
export function standingOf(text: string, year: number): Standing {
	if (EXAMPLE.test(text)) return 'example';
	if (isOver(text, year)) return 'former';
	if (INTRODUCTORY.test(text)) return 'introductory';
	if (OPTIONAL.test(text)) return 'optional';
	return 'current';
}

/** standingOfHeading judges what stands under a heading; headings use other words than sentences. */
export function standingOfHeading(heading: string): Standing {
	if (HEADINGS.example.test(heading)) return 'example';
	if (HEADINGS.former.test(heading)) return 'former';
	if (HEADINGS.optional.test(heading)) return 'optional';
	return 'current';
}

/** yearOf is the year a document speaks from: asked for, its own date's, else the latest plausible year in it. */
export function yearOf(document: { date?: string | undefined; markdown: string }, asOf: string | undefined): number {
	const given = /^\d{4}/.exec(asOf ?? document.date ?? '')?.[0];
	if (given !== undefined) return Number(given);
	let latest = 0;
	for (const match of document.markdown.slice(0, 400_000).matchAll(/(?<![\d,.$€£])20[0-4]\d(?![\d,]\d|\d)/g)) {
		latest = Math.max(latest, Number(match[0]));
	}
	return latest;
}

const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mär|Mai|Okt|Dez)\\p{L}*\\.?';
const DATE = `(?:\\d{1,2}(?:st|nd|rd|th)?\\.? ${MONTH},? \\d{4}|${MONTH} \\d{1,2}(?:st|nd|rd|th)?,? \\d{4}|${MONTH} \\d{4}|\\d{4}-\\d{2}-\\d{2}|\\d{1,2}\\.\\d{1,2}\\.\\d{4}|\\d{1,2}/\\d{1,2}/\\d{4}|20\\d{2})`;
const FROM = new RegExp(
	`(?<![\\p{L}])(?:from|as of|as from|effective(?: from)?|starting(?: on)?|since|beginning|ab(?: dem)?|on or after) (${DATE})`,
	'iu',
);
const UNTIL = new RegExp(
	`(?<![\\p{L}])(?:until|till|through|up to|up to and including|bis(?: zum)?) (?:the end of )?${DATE}`,
	'iu',
);
const PROMISED = /\b(?:guaranteed|valid|fixed|frozen|unchanged|open|held)\b/i;
const EXAMPLE = rawPattern(CUES.example);
const FORMER = rawPattern(CUES.former.filter((cue) => !/^(?:until|bis|up to)/.test(cue)));
const INTRODUCTORY = rawPattern(CUES.introductory);
const OPTIONAL = rawPattern(CUES.optional);
const CHANGE = rawPattern(CUES.change);
const HEADINGS = {
	former: rawPattern(CUES.headings.former),
	optional: rawPattern(CUES.headings.optional),
	example: rawPattern(CUES.headings.example),
};

function isOver(text: string, year: number): boolean {
	const until = UNTIL.exec(text)?.[0];
	if (until !== undefined) {
		const ends = Number(/20\d{2}/.exec(until)?.[0] ?? 0);
		if (ends < year || (ends === year && !PROMISED.test(text) && !FROM.test(text))) return true;
	}
	return FORMER.test(until === undefined ? text : text.replace(until, ' '));
}

/**
 * A clause without a figure belongs to the next one with a figure ("In the first year, you pay …"), in brackets or at the end
 * to the one before ("$720 (until 2025)"). A semicolon or a full stop parts it from both.
 */
function pieces(text: string, amounts: readonly Amount[]): { start: number; end: number }[] {
	const result: { start: number; end: number }[] = [];
	let start = 0;
	for (const cut of [...joints(text), text.length]) {
		if (amounts.some((amount) => amount.start < cut && cut < amount.end)) continue;
		const figures = amounts.some((amount) => amount.start >= start && amount.start < cut);
		const last = result.at(-1);
		const opens = text[start] ?? '';
		if (figures || HARD.test(text[cut] ?? '')) result.push({ start, end: cut });
		else if (last !== undefined && (opens === '(' || cut === text.length) && !HARD.test(opens)) {
			result[result.length - 1] = { start: last.start, end: cut };
		} else if (cut < text.length) continue;
		else result.push({ start, end: cut });
		start = cut;
	}
	return result.length > 0 ? result : [{ start: 0, end: text.length }];
}

function joints(text: string): number[] {
	const found: number[] = [];
	for (const match of text.matchAll(JOINT)) found.push(match[0] === ')' ? match.index + 1 : match.index);
	return found;
}

const HARD = /[;.!?]/;
const JOINT =
	/[;()—–]|, |: (?=was|until)|(?<![\p{L}])(?:and|but|now|while|then|thereafter|jetzt|danach)(?![\p{L}])|[.!?] /giu;
