/**
 * tameText makes text from anywhere fit to be shown beside other people's words: no control character, no direction
 * override that turns an address around, no invisible writing, and no tower of accents over the lines above.
 */
export function tameText(text: string): string {
	if (/^[\t\n -~]*$/.test(text)) return text;
	return text
		.toWellFormed()
		.replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
		.replace(ESCAPE_SEQUENCE, '')
		.replace(UNWANTED, '')
		.replace(HIDDEN_LETTERS, '')
		.replace(/([\u200b-\u200d\u2060\ufeff])[\u200b-\u200d\u2060\ufeff]+/g, '$1')
		.replace(/(\p{M}{4})\p{M}+/gu, '$1');
}

const ESCAPE_SEQUENCE = new RegExp(`${String.fromCharCode(27)}\\[[0-9;:?]{0,32}[@-~]`, 'g');
/** Controls but tab and line feed, embeddings and overrides of direction, annotations, and what is no character. */
const UNWANTED = /(?![\n\t])\p{Cc}|[\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]|\p{Noncharacter_Code_Point}/gu;
/** Tag characters spell the flags of regions after a black flag; anywhere else they are writing nobody sees. */
const HIDDEN_LETTERS = /(?<!\u{1f3f4}[\u{e0020}-\u{e007f}]{0,8})[\u{e0000}-\u{e007f}]/gu;
