import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyCharacters } from '../chat/fixture/any-markdown.ts';
import { isGsm, plainerText } from './gsm-text.ts';
import { smsSegments } from './segments.ts';

describe('the segments of a text', () => {
	it.each([
		['', 'GSM-7', 0, 1],
		['a'.repeat(160), 'GSM-7', 160, 1],
		['a'.repeat(161), 'GSM-7', 161, 2],
		['a'.repeat(306), 'GSM-7', 306, 2],
		['a'.repeat(307), 'GSM-7', 307, 3],
		['€'.repeat(80), 'GSM-7', 160, 1],
		['€'.repeat(81), 'GSM-7', 162, 2],
		// An escaped character is not cut in two: one unit of each segment stays empty.
		['€'.repeat(77), 'GSM-7', 154, 1],
		['€'.repeat(152), 'GSM-7', 304, 2],
		['€'.repeat(153), 'GSM-7', 306, 3],
		['ж'.repeat(70), 'UCS-2', 70, 1],
		['ж'.repeat(71), 'UCS-2', 71, 2],
		['ж'.repeat(134), 'UCS-2', 134, 2],
		['ж'.repeat(135), 'UCS-2', 135, 3],
		['😀'.repeat(35), 'UCS-2', 70, 1],
		// Nor is a pair of surrogates: 33 fit into 67 units.
		['😀'.repeat(66), 'UCS-2', 132, 2],
		['😀'.repeat(67), 'UCS-2', 134, 3],
		['hello 😀', 'UCS-2', 8, 1],
		['ç', 'UCS-2', 1, 1],
		['Çà ñ ü ß Ω', 'GSM-7', 10, 1],
	] as const)('%# are counted as carriers count them', (text, encoding, units, segments) => {
		expect(smsSegments(text)).toEqual({ encoding, units, segments });
	});

	it('never become fewer when words are added', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.string({ unit: 'grapheme' }), (text, more) => {
				expect(smsSegments(text + more).segments).toBeGreaterThanOrEqual(smsSegments(text).segments);
			}),
		);
	});

	it('have room for all units', () => {
		fc.assert(
			fc.property(anyCharacters, (text) => {
				const { encoding, units, segments } = smsSegments(text);
				const [single, part] = encoding === 'GSM-7' ? [160, 153] : [70, 67];
				expect(units).toBeLessThanOrEqual(segments === 1 ? single : segments * part);
				if (encoding === 'UCS-2') expect(units).toBe(text.length);
			}),
		);
	});
});

describe('a plainer text', () => {
	it('has keyboard signs in place of typographic ones', () => {
		expect(plainerText('“It’s” – a\u00a0test… •\u2009one\u2028two `code` → 3×4')).toBe(
			"\"It's\" - a test... - one\ntwo 'code' -> 3x4",
		);
	});

	it('is the text itself where letters need the larger alphabet anyway', () => {
		for (const text of ['“Žluťoučký” kůň…', '“你好”…', 'l·l í “x”', 'c\u02bchoari “x”'])
			expect(plainerText(text)).toBe(text);
	});

	it('keeps every letter and digit', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
				const plainer = plainerText(text);
				const letters = (words: string) => words.replace(/[^\p{L}\p{N}]/gu, '');
				if (plainer !== text) expect(isGsm(plainer)).toBe(true);
				expect(letters(plainer.replaceAll('(TM)', ''))).toContain(letters(text.replaceAll('×', 'x')).slice(0, 5));
			}),
		);
	});
});
