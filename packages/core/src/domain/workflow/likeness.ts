import { queryWords } from '../memory/search-words.ts';
import { goalValues } from './goal-values.ts';

/** telling is what a goal says besides what it names in particular: what stays the same from one time to the next. */
export function telling(goal: string): string {
	let plain = goal.replaceAll(/\{[a-z]\w{0,60}\}/gi, ' ');
	for (const { start, end } of goalValues(plain).toReversed()) plain = `${plain.slice(0, start)} ${plain.slice(end)}`;
	return plain;
}

/** likeness says from 0 to 1 how much two goals have the same words, however long they are. */
export function likeness(one: string, other: string): number {
	const [first, second] = [new Set(queryWords(one).map(stem)), new Set(queryWords(other).map(stem))];
	if (first.size === 0 || second.size === 0) return 0;
	const common = [...first].filter((word) => second.has(word)).length;
	return common / Math.sqrt(first.size * second.size);
}

/** cosine compares two vectors of the same kind. */
export function cosine(one: Float32Array, other: Float32Array): number {
	let [product, first, second] = [0, 0, 0];
	for (let index = 0; index < one.length; index++) {
		const [a, b] = [one[index] ?? 0, other[index] ?? 0];
		product += a * b;
		first += a * a;
		second += b * b;
	}
	return first === 0 || second === 0 ? 0 : product / Math.sqrt(first * second);
}

/** stem takes the ending of many off a word: `offers` and `offer`, `boxes` and `box`, `summaries` and `summary` are one word each. */
export function stem(word: string): string {
	if (word.length <= 4) return word;
	return word.endsWith('ies') ? `${word.slice(0, -3)}y` : word.replace(/(?<=ss|x|z|ch|sh)es$|(?<!s)s$/, '');
}
