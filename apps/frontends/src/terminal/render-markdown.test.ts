import { describe, expect, it } from 'vitest';
import { widthOf } from './fit.ts';
import { createPaint } from './paint.ts';
import { markdownLines } from './render-markdown.ts';

const plain = (markdown: string, width = 60) => markdownLines(markdown, { width, paint: createPaint(false) });

describe('markdownLines', () => {
	it('wraps paragraphs and keeps blocks apart', () => {
		const lines = plain(`# Title\n\n${'word '.repeat(30)}\n\nEnd.`, 40);
		expect(lines[0]).toBe('Title');
		expect(lines[1]).toBe('');
		for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(40);
		expect(lines.at(-1)).toBe('End.');
	});

	it('shows lists, nested ones too, tasks, quotes and code', () => {
		expect(plain('- one\n  - inner\n- [x] two')).toEqual(['• one', '  • inner', '• ☑ two']);
		expect(plain('3. three\n4. four')).toEqual(['3. three', '4. four']);
		expect(plain('> said')).toEqual(['│ said']);
		expect(plain('```\na  b\n```')).toEqual(['    a  b']);
	});

	it('lines up the columns of a table', () => {
		expect(plain('| a | price |\n|---|--:|\n| long name | 5 € |\n| x | 12 € |')).toEqual([
			'a         │ price',
			'──────────┼──────',
			'long name │   5 €',
			'x         │  12 €',
		]);
	});

	it('wraps the cells of a wide table, but breaks no word', () => {
		const lines = plain(`| Criterion | First |\n|---|---|\n| Deductible | ${'many words '.repeat(20)} |`, 40);
		for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(40);
		expect(lines.some((line) => line.startsWith('Deductible │ many'))).toBe(true);
	});

	it('reads out a table that cannot fit, row by row', () => {
		const names = Array.from({ length: 8 }, (_, index) => `column-${index}`);
		const lines = plain(`| ${names.join(' | ')} |\n|${'---|'.repeat(8)}\n| ${names.map(() => 'v').join(' | ')} |`, 30);
		expect(lines[0]).toBe('column-0: v');
		expect(lines).toHaveLength(8);
	});

	it('shows where links and pictures lead', () => {
		expect(plain('See [terms](https://a.example/t) and ![chart](https://a.example/c.png).')).toEqual([
			'See terms (https://a.example/t) and chart',
			'(https://a.example/c.png).',
		]);
		expect(plain('<https://a.example/t>')).toEqual(['https://a.example/t']);
	});

	it('lets no control character through, however it is written', () => {
		const attack =
			'a\u001b[31m [x\u001b]8;;evil\u0007](http://a.example/\u001b[0m) `c\u0007` &#27;[2J\n\n<b>\u009b1m</b>';
		expect(plain(attack).join('')).not.toMatch(/\p{Cc}/u);
	});
});
