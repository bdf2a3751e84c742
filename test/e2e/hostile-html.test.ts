import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readHtml } from '@errand/workers/documents/html/read-html.ts';
import { expect, test } from 'vitest';

const read = (html: string) =>
	readHtml({
		content: new TextEncoder().encode(html),
		contentType: 'text/html',
		name: 'page',
		url: 'https://hostile.example/',
		signal: new AbortController().signal,
	});

const N = 100_000;
const FLAT = 15_000;
const HOSTILE: Readonly<Record<string, string>> = {
	'100,000 nested elements': `${'<div>'.repeat(N)}needle${'</div>'.repeat(N)}`,
	'100,000 nested inline elements': `${'<b><i>'.repeat(N / 2)}needle`,
	'100,000 open elements and as many closing tags of nothing': `needle${'<div>'.repeat(N)}${'</x>'.repeat(N)}`,
	'deep nested lists': `${'<ul><li>'.repeat(N / 2)}needle`,
	'deep nested tables': `${'<table><tr><td>'.repeat(N / 3)}needle`,
	'100,000 attributes': `<p ${Array.from({ length: N }, (_, index) => `a${index}=1`).join(' ')}>needle</p>`,
	'an attribute of 10 MB': `<p title="${'x'.repeat(10_000_000)}">unread</p>`,
	'15,000 small paragraphs': `<p>needle</p>${'<p>hello <b>you</b></p>'.repeat(FLAT)}`,
	'a table of 15,000 rows': `<table><tr><td>needle<td>x</tr>${'<tr><td>a<td>b</tr>'.repeat(FLAT)}</table>`,
	'15,000 line breaks and strikes': `<p>needle${'<br><s> </s>'.repeat(FLAT)}</p>`,
	'15,000 footnote marks': `<p>needle</p>${'<sup><a href="#f">1</a></sup>'.repeat(FLAT)}<p id="f">note</p>`,
	'unclosed comments and tags': `needle${'<!--<a b="'.repeat(N)}`,
	'a million angle brackets': `needle${'<'.repeat(1_000_000)}`,
	'15,000 headings with links': `<h1>needle</h1>${'<h2><a href="/x">y</a></h2>'.repeat(FLAT)}`,
};

test.each(Object.entries(HOSTILE))('%s are read in bounded time', { timeout: 300_000 }, (name, html) => {
	const page = read(html);
	if (!name.includes('10 MB')) expect(page.markdown + page.title).toContain('needle');
	expect(page.markdown.length).toBeLessThanOrEqual(2_000_000);
});

// The corpora are not part of the repository: set ERRAND_SPECS_DIR to a folder whose sibling `corpora` has blns.json.
const specs = process.env['ERRAND_SPECS_DIR'];
const naughty = specs === undefined ? '' : join(specs, '..', 'corpora', 'blns.json');

test.skipIf(!existsSync(naughty))(
	'naughty strings come through as text, without control characters (needs ERRAND_SPECS_DIR)',
	() => {
		const strings: string[] = JSON.parse(readFileSync(naughty, 'utf8'));
		const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
		for (const text of strings) {
			const { markdown } = read(`<p>before ${escaped(text)} after</p>`);
			expect(markdown.isWellFormed()).toBe(true);
			expect(markdown).toMatch(/^before[\s\S]* after$/);
		}
		const raw = read(`<body>${strings.join('\n<p>')}</body>`);
		expect(raw.markdown.length).toBeGreaterThan(1_000);
	},
);
