import { addressWarnings } from '../checking/verify-addresses.ts';
import type { Removal } from './check-line.ts';

/** removalWarnings says what was taken out of a text that a model wrote, and why. */
export function removalWarnings(removed: readonly Removal[]): string[] {
	const warnings = WORDS.flatMap(([why, reason]) => {
		const words = [...new Set(removed.filter((one) => one.why === why).map((one) => one.words))];
		if (words.length === 0) return [];
		const shown = words.slice(0, MOST_SHOWN).map((text) => `“${text}”`);
		const more = words.length > MOST_SHOWN ? ` and ${words.length - MOST_SHOWN} more` : '';
		return [`Taken out of the text, ${reason}: ${shown.join(', ')}${more}.`];
	});
	const addresses = removed.filter(({ why }) => why === 'address').map(({ words }) => words);
	const orders = removed.some(({ why }) => why === 'order')
		? ['The language model wrote orders to an assistant; they were taken out.']
		: [];
	return [...warnings, ...orders, ...addressWarnings(addresses)];
}

const MOST_SHOWN = 3;
const WORDS: readonly (readonly [Removal['why'], string])[] = [
	['figure', 'because a figure does not stand in the source cited'],
	['uncited', 'because no source was cited'],
	['unrelated', 'because the source cited speaks of something else'],
	['name', 'because nobody named that person'],
	['mark', 'because there is no such source'],
];
