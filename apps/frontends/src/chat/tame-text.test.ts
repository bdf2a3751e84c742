import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyCharacters, anyScraps, naughtyStrings } from './fixture/any-markdown.ts';
import { tameText } from './tame-text.ts';

describe('tamed text', () => {
	it('has no control characters, overrides of direction or halves of characters', () => {
		expect(tameText('a\0b\x07c\r\nd\re\u2028f')).toBe('abc\nd\ne\nf');
		expect(tameText('\x1b[31mred\x1b[0m')).toBe('red');
		expect(tameText('invoice\u202efdp.exe')).toBe('invoicefdp.exe');
		expect(tameText('\ud800x\udc00')).toBe('\ufffdx\ufffd');
		expect(tameText('\u2066isolated\u2069 \ufffe')).toBe('isolated ');
	});

	it('keeps at most four marks on a character', () => {
		expect(tameText(`Z${'\u0335\u0321'.repeat(50)}algo`)).toBe('Z\u0335\u0321\u0335\u0321algo');
		expect(tameText('Việt Nam, ไม้, हिन्दी, é')).toBe('Việt Nam, ไม้, हिन्दी, é');
	});

	it('keeps writing of all directions, families and flags, and drops letters that nobody sees', () => {
		for (const text of [
			'שלום עולם',
			'مرحبا',
			'👩‍👩‍👧‍👦',
			'🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
			'a\tb\nc',
		]) {
			expect(tameText(text)).toBe(text);
		}
		expect(tameText('hi\u{e0049}\u{e0067}\u{e006e}')).toBe('hi');
		expect(tameText(`a${'\u200b'.repeat(1_000)}b`)).toBe('a\u200bb');
	});

	it('is tame for any text, and not tamed further', () => {
		const holds = (text: string) => {
			const tame = tameText(text);
			expect(tame).not.toMatch(/(?![\n\t])\p{Cc}|[\u202a-\u202e\u2066-\u2069]|\p{M}{5}/u);
			expect(tame.isWellFormed()).toBe(true);
			expect(tameText(tame)).toBe(tame);
		};
		fc.assert(fc.property(fc.oneof(anyScraps, anyCharacters), holds));
		for (const text of naughtyStrings) holds(text);
	});
});
