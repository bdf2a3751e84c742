/** Longest value of a payload in a goal, in characters. */
const MAX_VALUE = 500;

/**
 * oneLine tames a stranger's text for a sentence: one line, no character that hides or turns the text around, at most two
 * marks on a letter, bounded, and without the quotation marks that could end the ones around it.
 */
export function oneLine(text: string): string {
	const flat = text
		.slice(0, MAX_VALUE * 8)
		.replace(/[\p{C}\p{Z}\s]+/gu, ' ')
		.replace(/(\p{M}{2})\p{M}+/gu, '$1')
		.replace(/["“”„‟«»＂]/gu, "'")
		.trim();
	const characters = [...flat.slice(0, MAX_VALUE * 2)];
	return characters.length > MAX_VALUE ? `${characters.slice(0, MAX_VALUE - 1).join('')}…` : characters.join('');
}
