import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyMarkdown, anyScraps, naughtyStrings } from './fixture/any-markdown.ts';
import { splitText } from './split-text.ts';

/** What is left when blanks, fences and headers of tables may be there or not. */
const essence = (text: string) =>
	text.replace(/^ *(?:```+|~~~+)\w*$|^\| A \| B \|$|^\|---\|---\|$/gm, '').replace(/\s+/g, '');

function expectBalanced(part: string): void {
	let open: string | undefined;
	for (const line of part.split('\n')) {
		const mark = /^ {0,12}(`{3,}|~{3,})/.exec(line)?.[1];
		if (mark === undefined) continue;
		if (open === undefined) open = mark;
		else if (mark.startsWith(open) && line.trim() === mark) open = undefined;
	}
	expect(open).toBeUndefined();
}

describe('splitting text', () => {
	it('cuts between paragraphs, then lines, then sentences, then words', () => {
		expect(splitText('One and two.\n\nThree four.\nFive.', 28)).toEqual(['One and two.', 'Three four.\nFive.']);
		expect(splitText('One and two.\nThree four five six.', 26)).toEqual(['One and two.', 'Three four five six.']);
		expect(splitText('One and two. Three four five six.', 26)).toEqual(['One and two.', 'Three four five six.']);
		expect(splitText('One two three four five', 12)).toEqual(['One two', 'three four', 'five']);
		expect(splitText('x'.repeat(25), 10)).toEqual(['x'.repeat(10), 'x'.repeat(10), 'x'.repeat(5)]);
		expect(splitText('  \n ', 10)).toEqual([]);
	});

	it('closes a fence at a cut and opens it again in its language', () => {
		const code = Array.from({ length: 12 }, (_, index) => `  line ${index} of the code`).join('\n');
		const parts = splitText(`Look:\n\n\`\`\`ts\n${code}\n\`\`\`\n\nDone.`, 120);
		expect(parts.length).toBeGreaterThan(2);
		for (const part of parts) expect(part.length).toBeLessThanOrEqual(120);
		expect(parts.filter((part) => part.includes('line')).every((part) => /```ts\n {2}line/.test(part))).toBe(true);
		for (const part of parts) expectBalanced(part);
		expect(parts.at(-1)).toMatch(/```\n\nDone\.$/);
	});

	it('keeps code whole where it fits into the next part, and gives an indented fence an edge of its own', () => {
		const code = `\`\`\`\n${'a line of code\n'.repeat(5)}\`\`\``;
		expect(splitText(`${'Words of prose. '.repeat(4)}\n\n${code}`, 120)[1]).toBe(code);
		const item = `- ${'Words of an item. '.repeat(4)}\n\n    \`\`\`js\n    one()\n      two()\n    \`\`\``;
		expect(splitText(item, 90)[1]).toBe('```js\none()\n  two()\n```');
	});

	it('gives a table its header again', () => {
		const rows = Array.from({ length: 20 }, (_, index) => `| row ${index} | ${index * 7} |`);
		const parts = splitText(['| Name | Cost |', '|---|---|', ...rows].join('\n'), 150);
		expect(parts.length).toBeGreaterThan(2);
		for (const part of parts) expect(part).toMatch(/^\| Name \| Cost \|\n\|---\|---\|\n\| row \d+ \|/);
		expect(parts.flatMap((part) => part.match(/row \d+/g) ?? [])).toHaveLength(20);
	});

	it('never goes through an emoji of several people, a pair of code units, or a link', () => {
		const family = '👩‍👩‍👧‍👦';
		for (const part of splitText(family.repeat(40), 50)) expect(part.replaceAll(family, '')).toBe('');
		const link = '[the whole report](https://a.example/report)';
		expect(splitText(`${'word '.repeat(9)}${link} after`, 60)).toEqual(['word '.repeat(9).trim(), `${link} after`]);
		expect(splitText('😀'.repeat(9), 1).join('')).toBe('😀'.repeat(9));
	});

	it('counts as it is told to', () => {
		const double = (text: string) => text.length * 2;
		expect(splitText('aa bb cc dd', 10, double)).toEqual(['aa bb', 'cc dd']);
		const half = (text: string) => Math.ceil(text.length / 2);
		expect(splitText('aa bb cc dd', 5, half)).toEqual(['aa bb cc', 'dd']);
	});

	it('loses nothing, keeps within the limit and leaves no fence open', () => {
		const holds = (text: string, limit: number) => {
			const parts = splitText(text, limit);
			expect(essence(parts.join('\n'))).toBe(essence(text));
			for (const part of parts) {
				expect(part.length).toBeLessThanOrEqual(limit);
				expect(part.isWellFormed()).toBe(true);
				expectBalanced(part);
			}
		};
		fc.assert(fc.property(anyMarkdown, fc.integer({ min: 150, max: 3_000 }), holds), { numRuns: 60 });
	});

	it('gives back any text at all', () => {
		const bare = (text: string) => text.replace(/[\s`~]/g, '');
		const holds = (text: string, limit: number) => {
			const parts = splitText(text, limit);
			for (const part of parts) expect(part.length).toBeLessThanOrEqual(Math.max(2, limit));
			// A header of a table may be there more than once.
			if (!text.includes('|')) expect(bare(parts.join('\n')).replace(/\w{0,24}/, '')).toContain(bare(text).slice(24));
		};
		const plain = anyScraps.map((text) => text.replaceAll('`', '').replaceAll('~', ''));
		fc.assert(fc.property(plain, fc.integer({ min: 1, max: 300 }), holds), { numRuns: 150 });
		for (const text of naughtyStrings) holds(text, 20);
	});

	it('takes 100,000 characters of anything in its stride', () => {
		for (const piece of [
			'x',
			'x ',
			'\n',
			'`',
			'```\n',
			'```a\nb\n```\n',
			'[',
			'|a|b|\n|-|-|\n',
			'😀',
			'e\u0301',
			'. ',
			'~~~\n',
		]) {
			const text = piece.repeat(Math.ceil(100_000 / piece.length));
			expect(splitText(text, 2_000).length).toBeLessThan(400);
		}
	});
});
