import type { Fact } from '../facts/fact.ts';
import { CUES } from '../facts/vocabulary.ts';
import { wordsOf } from '../facts/words.ts';
import type { Cell } from './cell.ts';

const MAX_ITEMS = 24;

/** mergeItems makes one list of all that lists, tables and sentences name, each thing once. */
export function mergeItems(facts: readonly Fact[], markdown: string): Cell {
	const kept: { value: string; words: Set<string>; quote: string }[] = [];
	const current = facts.filter((fact) => fact.standing === 'current' && fact.value.length > 1);
	const inOrder = [
		...current.filter((fact) => fact.quotes[0]?.length !== 0 && isListed(fact)),
		...current.filter((fact) => !isListed(fact)),
	];
	for (const fact of inOrder) {
		const words = contentWords(fact.value);
		if (words.size === 0) continue;
		if (kept.some((item) => isCovered(words, item.words))) continue;
		kept.push({ value: fact.value, words, quote: fact.quotes[0] ?? '' });
		if (kept.length >= MAX_ITEMS) break;
	}
	if (kept.length === 0) return { value: null, quotes: [] };
	return {
		value: kept.map((item) => item.value).join('; '),
		quotes: runs([...new Set(kept.map((item) => item.quote))], markdown),
	};
}

/** A bullet or a row is a statement of its own; a sentence may only repeat one. */
function isListed(fact: Fact): boolean {
	return !/[.!?]["”)]?$/.test(fact.quotes[0] ?? '') || /^\s*(?:[-*+•]|\d|\|)/.test(fact.quotes[0] ?? '');
}

const STOP = new Set([
	...CUES.stopWords,
	'any',
	'all',
	'loss',
	'losses',
	'damage',
	'caused',
	'by',
	'from',
	'due',
	'arising',
	'resulting',
	'including',
	'such',
	'as',
	'we',
]);

function contentWords(text: string): Set<string> {
	return new Set(
		wordsOf(text)
			.filter((word) => !STOP.has(word))
			.map((word) => word.replace(/(?:ing|s)$/, '')),
	);
}

/** A shorter wording of something listed, or the same with one more word, adds nothing. */
function isCovered(words: ReadonlySet<string>, listed: ReadonlySet<string>): boolean {
	const [small, large] = words.size <= listed.size ? [words, listed] : [listed, words];
	if (words.size > listed.size + 1) return false;
	return [...small].every((word) => large.has(word));
}

const MAX_QUOTE = 1_000;

/** Bullets that follow each other in the document are quoted as one passage. */
function runs(quotes: readonly string[], markdown: string): string[] {
	const result: string[] = [];
	for (const quote of quotes) {
		const last = result.at(-1);
		const passage = `${last}\n${quote}`;
		if (last !== undefined && passage.length <= MAX_QUOTE && markdown.includes(passage))
			result[result.length - 1] = passage;
		else result.push(quote);
	}
	return result;
}
