import { describe, expect, it } from 'vitest';
import { linkCitations, sourceOf } from './citations.ts';
import { markdownBlocks } from './markdown.ts';

const html = (markdown: string, sources: number) =>
	markdownBlocks(linkCitations(markdown, sources))
		.map((block) => block.html().trim())
		.join('');

describe('linkCitations', () => {
	it('links each number to its source, also several in a row and in tables', () => {
		expect(html('Cheap [1][2].', 2)).toBe('<p>Cheap <a href="#source-1">[1]</a><a href="#source-2">[2]</a>.</p>');
		expect(html('| a |\n|---|\n| 5 € [1] |', 1)).toContain('<td>5 € <a href="#source-1">[1]</a></td>');
	});

	it('leaves numbers alone that name no source, and links that are there already', () => {
		expect(linkCitations('[3] and [0] and [1](https://a.example)', 2)).toBe('[3] and [0] and [1](https://a.example)');
	});

	it('reads back which source a link leads to', () => {
		expect(sourceOf('#source-12')).toBe(12);
		expect(sourceOf('#source-x')).toBeUndefined();
		expect(sourceOf('https://a.example/#source-1')).toBeUndefined();
		expect(sourceOf(null)).toBeUndefined();
	});
});
