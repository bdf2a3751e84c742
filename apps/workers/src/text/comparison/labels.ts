import type { Fact } from '../facts/fact.ts';
import { CUES } from '../facts/vocabulary.ts';
import { wordsOf } from '../facts/words.ts';

const STOP = new Set(CUES.stopWords);
const NOISE = new Set(CUES.noise);

/** normalLabel folds a label outside the vocabulary: no stop words, no plural, no brackets. */
export function normalLabel(label: string): string {
	const known = remembered.get(label);
	if (known !== undefined) return known;
	const normal = wordsOf(label.replace(/\([^)]*\)/g, ' '))
		.filter((word) => !STOP.has(word))
		.map((word) => (word.length > 3 ? word.replace(/(?<=[^s])s$/, '') : word))
		.join(' ');
	if (remembered.size > 20_000) remembered.clear();
	remembered.set(label, normal);
	return normal;
}

const remembered = new Map<string, string>();

/** isComparable keeps labels that can head a row: short, with letters, and not a phone number or a page number. */
export function isComparable(fact: Fact): boolean {
	const words = normalLabel(fact.label).split(' ');
	return (
		fact.standing === 'current' &&
		/\p{L}/u.test(fact.label) &&
		fact.label.length <= 60 &&
		words.length <= 5 &&
		words[0] !== '' &&
		!NOISE.has(fact.label.toLowerCase()) &&
		!words.every((word) => NOISE.has(word)) &&
		fact.value.length <= 120
	);
}

/** areSimilar says that two folded labels mean the same: equal words, or one within the other with the same last word. */
export function areSimilar(one: string, other: string): boolean {
	if (one === other) return true;
	const [words, others] = [new Set(one.split(' ')), new Set(other.split(' '))];
	let shared = 0;
	for (const word of words) if (others.has(word)) shared++;
	if (shared === 0) return false;
	if (shared / (words.size + others.size - shared) >= 0.6) return true;
	const sameHead = one.split(' ').at(-1) === other.split(' ').at(-1);
	return sameHead && shared === Math.min(words.size, others.size);
}
