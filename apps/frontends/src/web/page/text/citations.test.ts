import { describe, expect, it } from 'vitest';
import { blocksOf, markdownTokens } from './markdown.ts';
import { sourceOf } from './source-link.ts';

const html = (markdown: string, sources: number) =>
	blocksOf(markdownTokens(markdown, sources), sources)
		.map((block) => block.html().trim())
		.join('');
const cited = (place: number) => `<a class="citation" href="#source-${place}">[${place}]</a>`;

describe('citations', () => {
	it('lead to their sources, also several in a row and in tables', () => {
		expect(html('Cheap [1][2].', 2)).toBe(`<p>Cheap ${cited(1)}${cited(2)}.</p>`);
		expect(html('| a |\n|---|\n| 5 € [1] |', 1)).toContain(`<td>5 € ${cited(1)}</td>`);
		expect(html('**Cheap [1]**', 1)).toContain(cited(1));
	});

	it('are numbers that name a source, outside of code and links', () => {
		expect(html('[3] and [0]', 2)).toBe('<p>[3] and [0]</p>');
		expect(html('[1](https://a.example)', 2)).toContain('href="https://a.example"');
		expect(html('`list[1]` and\n\n```\nlist[1]\n```', 2)).not.toContain('citation');
		expect(html('See [1]', 0)).toBe('<p>See [1]</p>');
	});

	it('are read back from their address', () => {
		expect(sourceOf('#source-12')).toBe(12);
		expect(sourceOf('#source-x')).toBeUndefined();
		expect(sourceOf('https://a.example/#source-1')).toBeUndefined();
		expect(sourceOf(null)).toBeUndefined();
	});
});
