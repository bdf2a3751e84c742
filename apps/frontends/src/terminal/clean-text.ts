import { stripVTControlCharacters } from 'node:util';

/**
 * cleanText makes text from anywhere safe to print: no escape sequence, control character or direction override of it
 * reaches the terminal, which would let a page move the cursor, set the title or fake a question. Line ends stay.
 */
export function cleanText(text: string): string {
	return stripVTControlCharacters(text.replace(/\r\n?/g, '\n').replaceAll('\t', '    ')).replace(
		/(?!\n)\p{Cc}|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufff9-\ufffb]/gu,
		'',
	);
}

/** cleanLine is cleanText in one line. */
export function cleanLine(text: string): string {
	return cleanText(text).replace(/\s+/g, ' ').trim();
}
