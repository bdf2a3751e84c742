/** CODE_BYTES is how much chance a code is made from. */
export const CODE_BYTES = 8;

// Crockford's alphabet (https://www.crockford.com/base32.html): nothing in it is taken for something else.
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LETTERS = ALPHABET.slice(10);

/** codeFrom makes a code of eight characters from bytes of chance. It begins with a letter, so that `/pair K7QF…` has no number in front. */
export function codeFrom(bytes: Uint8Array): string {
	return [...bytes.subarray(0, CODE_BYTES)]
		.map((byte, index) => (index === 0 ? LETTERS[byte % LETTERS.length] : ALPHABET[byte % ALPHABET.length]))
		.join('');
}

/** showCode writes a code the way people read it out: `K7QF-2M9D`. */
export function showCode(code: string): string {
	return `${code.slice(0, 4)}-${code.slice(4)}`;
}

/** readCode reads a code as people type it: in any case, with spaces or hyphens, O for 0, I or L for 1. Undefined for anything else. */
export function readCode(text: string): string | undefined {
	if (text.length > 40) return undefined;
	const code = text
		.toUpperCase()
		.replaceAll(/[\s\p{Pd}`"'.,]/gu, '')
		.replaceAll('O', '0')
		.replaceAll(/[IL]/g, '1');
	return /^[A-Z][0-9A-Z]{7}$/.test(code) && [...code].every((character) => ALPHABET.includes(character))
		? code
		: undefined;
}
