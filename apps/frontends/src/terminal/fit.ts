import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

/** widthOf is how many columns a text takes. */
export const widthOf = (text: string): number => stringWidth(text);

/** wrap breaks text into lines of at most `width` columns; words longer than a line are broken. */
export function wrap(text: string, width: number): string[] {
	return wrapAnsi(text, Math.max(1, width), { hard: true, trim: true }).split('\n');
}

/** cut shortens unpainted text to `width` columns, ending in … where something is missing. */
export function cut(text: string, width: number): string {
	if (stringWidth(text) <= width) return text;
	let kept = '';
	let used = 0;
	for (const { segment } of segmenter.segment(text)) {
		used += stringWidth(segment);
		if (used > width - 1) break;
		kept += segment;
	}
	return width <= 0 ? '' : `${kept.trimEnd()}…`;
}

/** pad fills text with spaces up to `width` columns. */
export function pad(text: string, width: number, align: 'left' | 'right' | 'center' = 'left'): string {
	const missing = Math.max(0, width - stringWidth(text));
	if (align === 'right') return ' '.repeat(missing) + text;
	if (align === 'left') return text + ' '.repeat(missing);
	return ' '.repeat(Math.floor(missing / 2)) + text + ' '.repeat(Math.ceil(missing / 2));
}

const segmenter = new Intl.Segmenter();
