import { describe, expect, it } from 'vitest';
import { widthOf } from './fit.ts';
import { createPaint } from './paint.ts';
import { draftLines } from './render-draft.ts';
import { markdownLines } from './render-markdown.ts';

const look = { paint: createPaint(false), width: 40, height: 8 };

describe('draftLines', () => {
	it('draws what fits as the answer itself is drawn', () => {
		const draft = '# Title\n\nSome **words**.';
		expect(draftLines(draft, look)).toEqual(markdownLines(draft, look));
	});

	it('shows the end of what does not fit, and that there is more', () => {
		const lines = draftLines(Array.from({ length: 30 }, (_, n) => `Line ${n}`).join('\n\n'), look);
		expect(lines).toHaveLength(8);
		expect(lines[0]).toBe('⋮');
		expect(lines.at(-1)).toBe('Line 29');
		expect(draftLines('word '.repeat(400), { ...look, height: 1 })).toHaveLength(1);
	});

	it('never draws more than the room there is, however long the text', () => {
		for (const text of ['x'.repeat(60_000), 'word '.repeat(12_000), 'a\n\n'.repeat(20_000), '- item\n'.repeat(9_000)]) {
			const lines = draftLines(text, look);
			expect(lines.length).toBeLessThanOrEqual(8);
			for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(40);
		}
	});

	it('prints no control character that a text brought along, wherever it is cut', () => {
		const attack = 'a \u001b[2J\u001b]0;owned\u0007 b \u009b1m `\u001b[1A` &#27;[31m \u202e x \u001b';
		for (let length = 0; length <= attack.length; length++) {
			const drawn = draftLines(attack.slice(0, length), look).join('\n');
			expect(drawn).not.toMatch(/(?!\n)\p{Cc}|\u202e/u);
		}
	});
});
