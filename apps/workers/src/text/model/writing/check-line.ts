import { plainText } from '../../facts/inline.ts';
import { isOrder } from '../../orders.ts';
import { splitSentences } from '../../sentences.ts';
import { meaningOf, termsOf } from '../../terms.ts';
import { sharesWords } from '../checking/shares-words.ts';
import { withSourcedAddresses } from '../checking/verify-addresses.ts';
import { unsupportedFigures } from '../checking/verify-figures.ts';
import { mapMarks, marksIn, normalizeMarks } from './citation-marks.ts';
import type { Grounds } from './grounds.ts';

/** Removal is something taken out of a written text: what it was for the person to know, where it is words. */
export interface Removal {
	readonly why: 'figure' | 'uncited' | 'unrelated' | 'order' | 'name' | 'mark' | 'address';
	readonly words: string;
}

/** LineRules says what lines are held against. */
export interface LineRules {
	readonly grounds: Grounds;
	/** Whether each statement needs a mark; an e-mail has greetings and requests of the person, too. */
	readonly everyLineCites: boolean;
}

/**
 * checkLine holds one line of a written text against what it cites, and gives back what stands: a sentence with a figure that
 * its sources do not hold goes, a statement without a source goes, and so do marks, addresses and images that no source has.
 */
export function checkLine(written: string, rules: LineRules): { line: string; removed: readonly Removal[] } {
	const cleaned = withSourcedAddresses(normalizeMarks(written), rules.grounds.addresses);
	const removed = cleaned.removed.map((words): Removal => ({ why: 'address', words }));
	const exists = (mark: number) => rules.grounds.cited[mark - 1] !== undefined;
	const line = mapMarks(cleaned.markdown, (mark) => {
		if (exists(mark)) return `[${mark}]`;
		removed.push({ why: 'mark', words: `[${mark}]` });
		return '';
	});
	if (!/[\p{L}\p{N}]/u.test(line)) return { line, removed };
	const gone = (why: Removal['why']) => ({ line: '', removed: [...removed, { why, words: shown(line) }] });
	if (isOrder(plainText(line))) return gone('order');
	if (isHeading(line)) return missing(line, everything(rules.grounds)).length > 0 ? gone('figure') : { line, removed };
	const [, lead = '', rest = ''] = /^(\s*(?:[-*+•]\s+|\d{1,3}[.)]\s+|>\s*)*)(.*)$/s.exec(line) ?? [];
	const whole = marksIn(rest);
	const sentences = sentencesOf(rest);
	const kept = sentences.filter((sentence) => {
		const marks = marksIn(sentence);
		const lacking = missing(sentence, supportOf(marks.length > 0 ? marks : whole, rules));
		if (lacking.length > 0) removed.push({ why: 'figure', words: shown(sentence) });
		return lacking.length === 0;
	});
	const text = kept.length === sentences.length ? rest : kept.join(' ');
	if (!/[\p{L}\p{N}]/u.test(mapMarks(text, () => ''))) return { line: '', removed };
	const marks = marksIn(text);
	if (marks.length === 0 && rules.everyLineCites && !standsAlone(text) && !isConcluded(text, rules)) {
		return gone('uncited');
	}
	if (marks.length > 0 && !isOfSources(text, marks, rules)) {
		return gone('unrelated');
	}
	return { line: lead + text, removed };
}

/** The person's own words are in every text on their topic, so they prove nothing here. */
function isOfSources(text: string, marks: readonly number[], { grounds }: LineRules): boolean {
	const support = marks.flatMap((mark) => grounds.cited[mark - 1]?.support ?? []);
	return sharesWords(plainText(mapMarks(text, () => '')), support, grounds.topic);
}

function isHeading(line: string): boolean {
	return /^\s{0,3}#{1,6}\s/.test(line) && line.length <= 160;
}

function sentencesOf(text: string): string[] {
	// Sentences of a table's cells belong to its row.
	if (/^\s*\|/.test(text)) return [text];
	const sentences: string[] = [];
	for (const sentence of splitSentences(text)) {
		// Marks behind the full stop belong to the sentence before it.
		const [, marks = '', rest = ''] = /^((?:\[\d{1,4}\]\s*)*)(.*)$/s.exec(sentence) ?? [];
		if (marks !== '' && sentences.length > 0) sentences.push(`${sentences.pop()} ${marks.trim()}`);
		const own = sentences.length > 0 ? rest : sentence;
		if (own.trim() !== '') sentences.push(own);
	}
	return sentences;
}

/** What leads to a list, titles a group, or says what sources do not say has no source of its own. */
function standsAlone(text: string): boolean {
	const plain = plainText(text);
	if (/^\s*\|/.test(text)) return !/\d/.test(plain);
	if (/:$/.test(plain) && plain.length <= 120) return true;
	if (/^\*\*[^*]{1,60}\*\*:?$/.test(text.trim())) return true;
	return plain.length <= 200 && !/[;:—–]|\b(?:but|so|therefore|instead)\b/i.test(plain) && GAP.test(plain);
}

/** "The sources do not say who pays." One sentence about the sources, and nothing else. */
const GAP =
	/^(?:(?:the|these|those|any of the|all) )?(?:given |available )?(?:sources?|documents?|pages?|material)\b[^.!?]{0,60}\b(?:do not|does not|don't|doesn't|did not|say nothing|says nothing|are silent|is silent|give no|gives no|name no|names no)\b[^.!?]*\.?$|^(?:no|none of the|neither) (?:\w+ )?(?:sources?|documents?|pages?)\b[^.!?]*\.?$/i;

/** What an earlier step concluded, or the person said, may be said again in much the same words. */
function isConcluded(text: string, { grounds }: LineRules): boolean {
	const own = new Set(termsOf(plainText(text)).map(meaningOf));
	return grounds.said.some((line) => {
		const known = new Set(termsOf(plainText(line)).map(meaningOf));
		return own.size > 0 && [...own].filter((meaning) => known.has(meaning)).length >= 0.8 * own.size;
	});
}

function missing(text: string, support: readonly string[]): string[] {
	return unsupportedFigures(plainText(mapMarks(text, () => '')), support);
}

function supportOf(marks: readonly number[], { grounds, everyLineCites }: LineRules): readonly string[] {
	if (marks.length === 0 && !everyLineCites) return everything(grounds);
	return [...marks.flatMap((mark) => grounds.cited[mark - 1]?.support ?? []), ...grounds.said];
}

/** everything is all that a text may rest on. */
export function everything({ cited, said }: Grounds): string[] {
	return [...cited.flatMap(({ support }) => support), ...said];
}

function shown(text: string): string {
	const plain = plainText(mapMarks(text, () => '')).replace(/^(?:[-*+•>]|\d{1,3}[.)])\s+/, '');
	return plain.length > 160 ? `${plain.slice(0, 159)}…` : plain;
}
