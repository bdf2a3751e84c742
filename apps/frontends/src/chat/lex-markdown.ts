import { marked, type Token } from 'marked';
import { splitText } from './split-text.ts';
import { tameText } from './tame-text.ts';

/**
 * lexMarkdown reads Markdown of any origin in time that grows with its length: in pieces, because emphasis that never ends
 * is compared with all that follows it. Nesting that nobody could read is left as it was written.
 */
export function lexMarkdown(markdown: string): Token[] {
	return splitText(tameText(markdown), PIECE).flatMap((piece) => {
		try {
			return marked.lexer(piece);
		} catch {
			return [{ type: 'text', raw: piece, text: piece }];
		}
	});
}

const PIECE = 4_000;

/**
 * decodeEntities turns `&lt;` and `&#60;` into what they stand for, tamed; what is no character stays as it is. The lexer
 * has decoded some by then, but none twice.
 */
export function decodeEntities(text: string): string {
	const decoded = text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]{2,6}));/gi, (whole, hex, decimal, name) => {
		if (name !== undefined) return NAMED[name.toLowerCase()] ?? whole;
		const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
		return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
	});
	return tameText(decoded);
}

const NAMED: Readonly<Record<string, string>> = {
	amp: '&',
	lt: '<',
	gt: '>',
	quot: '"',
	apos: "'",
	nbsp: '\u00a0',
	ndash: '–',
	mdash: '—',
	hellip: '…',
	euro: '€',
	copy: '©',
	times: '×',
	deg: '°',
};
