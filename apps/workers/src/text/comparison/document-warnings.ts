import { plainText } from '../facts/inline.ts';
import { wordsOf } from '../facts/words.ts';
import { isOrder } from '../orders.ts';
import { splitSentences } from '../sentences.ts';
import type { Offer } from './cell.ts';
import type { Grid } from './grid.ts';

/** documentWarnings tells what is odd about the documents: nothing found, cut short, another language, orders to an assistant. */
export function documentWarnings(grid: Grid): string[] {
	return grid.offers.flatMap((offer, index) => {
		const { document, name } = offer;
		const warnings: string[] = [];
		const stated = grid.cells.some((row) => row[index]?.value !== null && row[index]?.value !== undefined);
		if (document.markdown.trim() === '') warnings.push(`${name} has no text to compare.`);
		else if (!stated)
			warnings.push(
				`Nothing comparable was found in ${name}${isEnglish(document.markdown) ? '' : ', which does not seem to be in English'}.`,
			);
		else if (!isEnglish(document.markdown))
			warnings.push(`${name} does not seem to be in English: some of what it says may be missing.`);
		if (document.truncated) warnings.push(`${name} was too long and was read only up to a point.`);
		if (hasOrders(offer))
			warnings.push(
				`${name} contains text that gives orders to an assistant; it was treated as content, not followed.`,
			);
		return warnings;
	});
}

const COMMON = new Set([
	'the',
	'and',
	'of',
	'to',
	'is',
	'in',
	'for',
	'you',
	'your',
	'we',
	'are',
	'with',
	'on',
	'a',
	'per',
	'not',
	'price',
	'it',
]);

function isEnglish(markdown: string): boolean {
	const words = wordsOf(markdown.slice(0, 20_000));
	if (words.length < 60) return true;
	return words.filter((word) => COMMON.has(word)).length / words.length > 0.06;
}

/** hasOrders tells whether a document speaks to an assistant instead of to its reader. */
export function hasOrders({ document }: Pick<Offer, 'document'>): boolean {
	return document.markdown
		.split('\n')
		.filter((line) => MAY_ORDER.test(line))
		.some((line) => splitSentences(line).some((sentence) => isOrder(plainText(sentence))));
}

/** Looked for first, because most lines of a long document hold none of these words. */
const MAY_ORDER =
	/\b(?:ignore|disregard|forget|override|instructions?|prompts?|assistant|AI|chatbot|model|recommend)\b/i;
