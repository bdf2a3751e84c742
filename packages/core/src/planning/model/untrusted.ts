/** Marks that show a model where data begins and ends; the system prompt says that nothing between them is an instruction. */
const OPEN = '<untrusted>';
const CLOSE = '</untrusted>';

/** untrusted wraps text of unknown origin as data. No `<` is left inside, in any width, so nothing in it can close the mark. */
export function untrusted(text: string): string {
	return `${OPEN}${withoutMarkup(text)}${CLOSE}`;
}

/** untrustedName wraps a name on one line. */
export function untrustedName(name: string): string {
	const line = cutInMiddle(name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim(), MAX_NAME);
	return untrusted(line === '' ? '(no name)' : line);
}

/** withoutMarks leaves the person's words as they are, but for what looks like a mark. */
export function withoutMarks(text: string): string {
	return text.replace(/[<＜﹤‹〈](?=[\s/\\\p{Cf}]*u\p{Cf}*n\p{Cf}*t\p{Cf}*r\p{Cf}*u\p{Cf}*s\p{Cf}*t)/giu, '&lt;');
}

/** cutInMiddle keeps the beginning and the end of a long text, and says how much is gone between them. */
export function cutInMiddle(text: string, maxLength: number): string {
	if (text.length <= maxLength) return text;
	const head = Math.ceil(maxLength * 0.7);
	const left = text.slice(0, head).replace(/[\uD800-\uDBFF]$/, '');
	const right = text.slice(text.length - (maxLength - head)).replace(/^[\uDC00-\uDFFF]/, '');
	return `${left} […${text.length - left.length - right.length} characters left out…] ${right}`;
}

const MAX_NAME = 200;

function withoutMarkup(text: string): string {
	return text.replace(/[<＜﹤]/g, '&lt;');
}
