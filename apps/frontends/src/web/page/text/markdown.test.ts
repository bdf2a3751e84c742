import { describe, expect, it } from 'vitest';
import { blocksOf, markdownTokens } from './markdown.ts';

const markdownBlocks = (markdown: string) => blocksOf(markdownTokens(markdown, 0), 0);
const html = (markdown: string) =>
	markdownBlocks(markdown)
		.map((block) => block.html().trim())
		.join('\n');

describe('Markdown', () => {
	it('keeps finished blocks the same while a text grows', () => {
		const first = markdownBlocks('# Title\n\nOne.\n\nTw');
		const later = markdownBlocks('# Title\n\nOne.\n\nTwo, three.');
		const sources = (blocks: typeof first) => blocks.map((block) => block.source);
		expect(sources(later).slice(0, 2)).toEqual(sources(first).slice(0, 2));
		expect(sources(later)[2]).not.toBe(sources(first)[2]);
	});

	it('draws a block again when the address of its reference link comes later', () => {
		const [before] = markdownBlocks('See [the terms][1]');
		const [after] = markdownBlocks('See [the terms][1]\n\n[1]: https://example.org/');
		expect(after?.source).not.toBe(before?.source);
		expect(after?.html()).toContain('href="https://example.org/"');
	});

	it('shows markup as text', () => {
		expect(html('Hello <img src=x onerror=alert(1)> <b>you</b>')).not.toMatch(/<img|<b>/);
		expect(html('<script>alert(1)</script>')).not.toContain('<script');
	});

	it('opens outside links without handing over who asks', () => {
		expect(html('[a](https://example.org/?q="x")')).toContain('target="_blank" rel="noopener noreferrer"');
	});

	it('ends a bare address where the quotation ends that it stands in', () => {
		expect(html('I will run “Watch https://a.example/”. Daily.')).toContain('href="https://a.example/" target');
		expect(html('«https://a.example/x» and https://b.example/it’s')).toContain('href="https://a.example/x" target');
		expect(html('Mail to ann@a.example or see www.a.example/’.')).toContain('>www.a.example/</a>’.');
	});

	it('drops addresses that run code, and keeps the words', () => {
		for (const target of [
			'javascript:alert(1)',
			'data:text/html,x',
			'vbscript:x',
			'//evil.example',
			'file:///etc/passwd',
		]) {
			expect(html(`[words](${target})`)).toBe('<p>words</p>');
		}
	});

	it('loads no picture from anywhere but the files of this server', () => {
		expect(html('![a chart](https://example.org/c.png)')).toBe(
			'<p><a href="https://example.org/c.png" target="_blank" rel="noopener noreferrer">a chart</a></p>',
		);
		for (const elsewhere of [
			'http://example.org/c.png',
			'//example.org/c.png',
			'/\\\\example.org/c.png',
			'/v1/artifacts/../../logout',
			'/v1/artifacts/a/../../x',
			'/v1/artifacts//example.org',
			'data:image/png;base64,AAAA',
			'blob:https://example.org/1',
			'c.png',
			'/logout',
		]) {
			for (const way of [`![x](${elsewhere})`, `![x](<${elsewhere}>)`, `![x][1]\n\n[1]: ${elsewhere}`]) {
				expect([way, html(way)]).toEqual([way, expect.not.stringContaining('<img')]);
			}
		}
		const own = html('![mine](/v1/artifacts/a1-b.png)');
		expect(own).toContain('<img src="/v1/artifacts/a1-b.png" alt="mine" loading="lazy"');
		expect(own).toContain('<a class="picture" href="/v1/artifacts/a1-b.png">');
	});

	it('lets wide tables scroll in a box of their own', () => {
		const table = html('| a | b |\n|---|--:|\n| 1 | **2** |');
		expect(table).toContain('<div class="table-box" tabindex="0"');
		expect(table).toContain('<td class="align-right"><strong>2</strong></td>');
		expect(table).not.toContain('style=');
	});
});
