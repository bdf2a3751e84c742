import { describe, expect, it } from 'vitest';
import { closeHalfOpen } from './half-open.ts';
import { blocksOf, markdownTokens } from './markdown.ts';

const html = (markdown: string) =>
	blocksOf(markdownTokens(closeHalfOpen(markdown), 9), 9)
		.map((block) => block.html().trim())
		.join('\n');

describe('closeHalfOpen', () => {
	it('draws emphasis and code from their first letter on', () => {
		expect(html('a **bold')).toBe('<p>a <strong>bold</strong></p>');
		expect(html('a **bold*')).toBe('<p>a <strong>bold</strong></p>');
		expect(html('a **bold *and it')).toBe('<p>a <strong>bold <em>and it</em></strong></p>');
		expect(html('a `co')).toBe('<p>a <code>co</code></p>');
		expect(html('**a `co')).toBe('<p><strong>a <code>co</code></strong></p>');
		expect(html('a ~~old')).toBe('<p>a <del>old</del></p>');
		expect(html('a **')).toBe('<p>a </p>');
	});

	it('takes no sign for emphasis that is none', () => {
		for (const text of [
			'2 * 3 is',
			'snake_case and',
			'5*3 is',
			'\\*not',
			'`a*b` and',
			'**done** and',
			'***all** of* it',
		])
			expect([text, closeHalfOpen(text)]).toEqual([text, text]);
	});

	it('shows the words of a link until its address is whole, and no half citation', () => {
		for (const part of ['[the terms', '[the terms]', '[the terms](', '[the terms](https://exa'])
			expect([part, html(`See ${part}`)]).toEqual([part, expect.stringMatching(/^<p>See \[?the terms\]?<\/p>$/)]);
		expect(html('See [the terms](https://example.org)')).toContain('href="https://example.org"');
		expect(html('![a chart](/v1/artif')).toBe('<p>a chart</p>');
		expect(html('Cheap [1')).toBe('<p>Cheap </p>');
		expect(html('Cheap [1][')).toContain('[1]</a></p>');
	});

	it('makes a table from its first line on', () => {
		for (const part of [
			'| Plan | Pri',
			'| Plan | Price |',
			'| Plan | Price |\n|',
			'| Plan | Price |\n| --- | ',
			'| Plan | Price |\n| :-',
		])
			expect([part, html(part)]).toEqual([part, expect.stringContaining('<table>')]);
		expect(html('| Plan | Price |\n|---|--:|\n| A | **1')).toContain('<td class="align-right"><strong>1</strong></td>');
		expect(html('| Plan | Price |\n|---|--:|\n| A | 1 |\n|').match(/<tr>/g)).toHaveLength(2);
		expect(html('either | or')).not.toContain('<table>');
	});

	it('leaves out signs at the start of a line that may become anything', () => {
		expect(html('Words\n-')).toBe('<p>Words</p>');
		expect(html('Words\n\n1.')).toBe('<p>Words</p>');
		expect(html('- one\n- ')).toBe('<ul>\n<li>one</li>\n</ul>');
		expect(html('Words\n##')).toBe('<p>Words</p>');
		expect(html('a **bold\n-')).toBe('<p>a <strong>bold</strong></p>');
		expect(html('42')).toBe('<p>42</p>');
	});

	it('keeps code as it is written, and its end out of it', () => {
		expect(html('```ts\nconst a = **')).toContain('const a = **');
		expect(html('```ts\nlet a;\n``')).not.toContain('``');
		expect(closeHalfOpen('```\nx\n```\n**b')).toBe('```\nx\n```\n**b**');
	});

	it('closes in the last item only', () => {
		expect(closeHalfOpen('- a ** b\n- **c')).toBe('- a ** b\n- **c**');
		expect(closeHalfOpen('one *\n\ntwo **b')).toBe('one *\n\ntwo **b**');
	});
});
