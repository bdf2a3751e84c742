import fc from 'fast-check';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { toHtml } from './html-markdown.ts';

const ELEMENTS = new Set(
	'A BLOCKQUOTE BR CODE DEL DIV EM H2 H3 H4 H5 H6 HR LI OL P PRE STRONG TABLE TBODY TD TH THEAD TR UL'.split(' '),
);
const ATTRIBUTES = new Set(['href', 'rel', 'start', 'class']);

/** What a browser would make of it that it must not. */
function harmIn(html: string): string[] {
	const { document } = parseHTML(`<!doctype html><html><body>${html}</body></html>`);
	return [...document.querySelectorAll('body *')].flatMap((element) => [
		...(ELEMENTS.has(element.tagName.toUpperCase()) ? [] : [element.tagName]),
		...[...element.attributes].flatMap(({ name, value }) =>
			ATTRIBUTES.has(name) && (name !== 'href' || /^https?:\/\//.test(value)) ? [] : [`${name}=${value}`],
		),
	]);
}

describe('Markdown as HTML', () => {
	it('keeps its shape', () => {
		expect(toHtml('# A\n\nb **c** *d* ~~e~~ `f`\n\n> g')).toBe(
			'<h2>A</h2><p>b <strong>c</strong> <em>d</em> <del>e</del> <code>f</code></p><blockquote><p>g</p></blockquote>',
		);
		expect(toHtml('3. a\n4. b')).toBe('<ol start="3"><li>a</li><li>b</li></ol>');
		expect(toHtml('- [x] a\n- [ ] b')).toBe('<ul><li>☑ a</li><li>☐ b</li></ul>');
		expect(toHtml('| a | b |\n|---|---|\n| 1 | 2 |')).toContain('<tr><td>1</td><td>2</td></tr>');
		expect(toHtml('```ts\nif (a < b) {}\n```')).toBe('<pre><code>if (a &lt; b) {}</code></pre>');
	});

	it('keeps a long list in one piece', () => {
		const html = toHtml(Array.from({ length: 400 }, (_, n) => `- Line ${n} of a long list`).join('\n'));
		expect(html.match(/<ul>/g)).toHaveLength(1);
		expect(html.match(/<li>/g)).toHaveLength(400);
	});

	it('links to web pages, and says where a link leads that claims to lead elsewhere', () => {
		expect(toHtml('[**here**](https://x.example/a?b=1&c=2)')).toBe(
			'<p><a href="https://x.example/a?b=1&amp;c=2" rel="noopener noreferrer nofollow"><strong>here</strong></a></p>',
		);
		expect(toHtml('[bank.example](https://evil.example/)')).toContain('bank.example (evil.example)');
		expect(toHtml('![a picture](https://x.example/p.png)')).toMatch(
			/^<p><a href="https:\/\/x\.example\/p\.png"[^>]*>a picture<\/a><\/p>$/,
		);
	});

	it.each([
		'<script>alert(1)</script>',
		'<img src=x onerror=alert(1)>',
		'[x](javascript:alert(1))',
		'[x](data:text/html;base64,PHNjcmlwdD4=)',
		'[x](https://x.example/" onmouseover="alert(1))',
		'![x](x" onerror="alert(1))',
		'<a href="javascript:alert(1)">x</a>',
		'`<script>`',
		'    <script>',
		'| <script> | b |\n|---|---|\n| <img src=x> | [x](vbscript:x) |',
		'&lt;script&gt;alert(1)&lt;/script&gt;',
		'&#60;script&#62;',
		'[a [b](https://x.example) c](https://y.example)',
		'<!-- --><svg onload=alert(1)>',
		`${'> '.repeat(200)}deep`,
		`${'['.repeat(2_000)}x`,
		`${'*a '.repeat(3_000)}`,
	])('does nothing but show: %s', (markdown) => {
		expect(harmIn(toHtml(markdown))).toEqual([]);
	});

	it('does nothing but show, whatever it is', () => {
		const pieces = fc.constantFrom(
			'<',
			'>',
			'"',
			"'",
			'&',
			'[',
			']',
			'(',
			')',
			'`',
			'*',
			'|',
			'\n',
			'!',
			'javascript:',
			'https://x.example',
			'script',
			' onx=',
			'#',
			'- ',
			'> ',
			'a',
		);
		fc.assert(
			fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
				expect(harmIn(toHtml(parts.join('')))).toEqual([]);
			}),
			{ numRuns: 150 },
		);
	});
});
