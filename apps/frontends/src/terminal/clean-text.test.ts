import { describe, expect, it } from 'vitest';
import { cleanLine, cleanText } from './clean-text.ts';

describe('cleanText', () => {
	it('lets no escape sequence through: colours, cursor, title, links, clipboard', () => {
		const attacks = [
			'\u001b[31mred\u001b[0m',
			'\u001b[2J\u001b[1;1Hgone',
			'\u001b]0;title\u0007x',
			'\u001b]8;;https://evil.example\u001b\\link\u001b]8;;\u001b\\',
			'\u001b]52;c;cm0gLXJmIC8=\u0007',
			'\u009b31mc1',
			'a\bb\u007f\u0000\u0007',
			'line\rover',
			'unfinished \u001b',
			'\u001bP1$tq\u001b\\',
		];
		for (const attack of attacks) expect(cleanText(attack)).not.toMatch(/(?!\n)\p{Cc}/u);
		expect(cleanText('\u001b[31mred\u001b[0m')).toBe('red');
	});

	it('removes direction overrides that show words other than they are', () => {
		expect(cleanText('pay \u202e001\u202c euro')).toBe('pay 001 euro');
	});

	it('keeps lines, accents, emoji and other scripts', () => {
		const text = 'één\nzwei €\n日本語 👩‍👩‍👧\nעברית';
		expect(cleanText(text)).toBe(text);
		expect(cleanText('a\r\nb\tc')).toBe('a\nb    c');
	});

	it('puts everything into one line when asked', () => {
		expect(cleanLine('  two\n\nlines\u001b[1m ')).toBe('two lines');
	});
});
