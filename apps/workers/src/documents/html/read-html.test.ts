import { describe, expect, test } from 'vitest';
import { readHtml } from './read-html.ts';

const read = (html: string, url = 'https://shop.example/policies/home') =>
	readHtml({
		content: new TextEncoder().encode(html),
		contentType: 'text/html; charset=utf-8',
		name: 'home',
		url,
		signal: new AbortController().signal,
	});
const body = (html: string) => read(`<!doctype html><title>T</title><body>${html}</body>`).markdown;

describe('tables of a page', () => {
	test('keep every cell, also joined ones, and escape the bar', () => {
		const markdown = body(`<table><caption>Cover</caption>
			<thead><tr><th rowspan="2">Item</th><th colspan="2">Limit</th></tr><tr><th>Basic</th><th>Plus</th></tr></thead>
			<tbody><tr><td>Water | damage</td><td>USD&nbsp;10,000</td><td>USD 25,000</td></tr>
			<tr><th colspan="3">Theft</th></tr>
			<tr><td rowspan="2">Bikes</td><td colspan="2">not covered<br>unless locked</td></tr>
			<tr><td><ul><li>own</li><li>hired</li></ul></td><td><img alt="yes" src="tick.png"></td></tr></tbody></table>`);
		expect(markdown).toBe(
			[
				'Cover',
				'',
				'| Item | Limit – Basic | Limit – Plus |',
				'| --- | --- | --- |',
				'| Water \\| damage | USD 10,000 | USD 25,000 |',
				'| Theft |  |  |',
				'| Bikes | not covered unless locked | not covered unless locked |',
				'| Bikes | own; hired | yes |',
			].join('\n'),
		);
	});

	test('with names in the first column only have no header row', () => {
		const markdown = body('<table><tr><th>Premium<td>USD 412<tr><th>Deductible<td>USD 500</table>');
		expect(markdown).toBe('|  |  |\n| --- | --- |\n| Premium | USD 412 |\n| Deductible | USD 500 |');
	});

	test('that only lay out the page become its text', () => {
		const markdown = body(
			'<table><tr><td><h2>Left</h2><p>One.</p><table><tr><td>a<td>b</table><td><p>Two.</p></table>',
		);
		expect(markdown).toBe('## Left\n\nOne.\n\n|  |  |\n| --- | --- |\n| a | b |\n\nTwo.');
	});

	test('with absurd spans are bounded', () => {
		const row = '<tr><td colspan="1000" rowspan="65534">x</td></tr>';
		const markdown = body(`<table><tr><td>a</td><td>b</td></tr>${row.repeat(300)}</table>`);
		expect(markdown.length).toBeLessThan(2_000_001);
	});
});

describe('the text of a page', () => {
	test('shows what was struck out, by tag or by style', () => {
		expect(body('<p>Premium: <del>USD 480</del> <ins>USD 412</ins></p>')).toBe('Premium: ~~USD 480~~ USD 412');
		expect(body('<p><span style="color:red;text-decoration: line-through">99</span> <strike>90</strike> 85</p>')).toBe(
			'~~99~~ ~~90~~ 85',
		);
		expect(body('<del><p>Old one.</p><p>Old two.</p></del><p>New.</p>')).toBe('~~Old one.~~\n\n~~Old two.~~\n\nNew.');
	});

	test('keeps footnotes apart from the numbers they stand at', () => {
		const markdown =
			body(`<p>USD 412.00<sup><a href="#n1" id="r1">1</a></sup> for 100 m<sup>2</sup>, the 1<sup>st</sup> year,
			then USD 430<sup>2</sup> or USD 440<sup>*</sup>.</p><ol><li id="n1">New customers only. <a href="#r1">↩</a></li></ol>
			<p><sup>2</sup> From 2027.</p>`);
		expect(markdown).toBe(
			'USD 412.00[^1] for 100 m², the 1st year, then USD 430[^2] or USD 440*.\n\n[^1]: New customers only.\n\n[^2]: From 2027.',
		);
	});

	test('gives definition lists as labels and values', () => {
		const markdown = body('<dl><div><dt>Premium:</dt><dd>USD 412</dd></div><dt>Insurer<dd>Aurora<dd>Borealis</dl>');
		expect(markdown).toBe('Premium: USD 412\nInsurer: Aurora; Borealis');
	});

	test('keeps headings, nested lists, quotes and code', () => {
		const markdown =
			body(`<h2>What  is <em>covered</em></h2><ul><li>Fire<ul><li>and smoke</li></ul></li><li>Storm</li></ul>
			<ol start="3"><li>three</li><li>four</li></ol><blockquote><p>Quoted.</p></blockquote><pre>a
  b</pre><details><summary>Exclusions</summary>Flood.</details>`);
		expect(markdown).toBe(
			'## What is covered\n\n- Fire\n  - and smoke\n- Storm\n\n3. three\n4. four\n\n> Quoted.\n\n```\na\n  b\n```\n\nExclusions\n\nFlood.',
		);
	});

	test('leaves out what a visitor does not see', () => {
		const markdown =
			body(`<p>Seen.</p><p hidden>A</p><p style="display: none">B</p><div style="visibility:hidden"><p>C</p></div>
			<script>D</script><style>E</style><noscript>F</noscript><template><p>G</p></template><!-- H --><button>I</button><svg><title>J</title></svg>`);
		expect(markdown).toBe('Seen.');
	});

	test('drops invisible characters that could hide words', () => {
		expect(body('<p>pay\u200b\u00adable \u202eto\u202c me\u{e0041}\u{e0042}\ue001</p>')).toBe('payable to me');
	});
});

describe('what a page says about itself', () => {
	test('its title without the site where the heading agrees, its date, its links', () => {
		const page = read(`<html><head><title>Home Plus | Aurora</title><base href="/en/">
			<meta property="article:modified_time" content="2026-02-01T10:00:00Z"></head><body><h1>Home Plus</h1>
			<p><a href="terms.pdf">Terms</a> <a href="terms.pdf#x">Part</a> <a href="terms.pdf">Again</a> <a href="#top">Up</a>
			<a href="mailto:a@b.c">Mail</a> <a href="javascript:alert(1)">Run</a> <a href="//cdn.example/x">CDN</a></p></body></html>`);
		expect(page.title).toBe('Home Plus');
		expect(page.date).toBe('2026-02-01T10:00:00.000Z');
		expect(page.links).toEqual([
			{ text: 'Terms', url: 'https://shop.example/en/terms.pdf' },
			{ text: 'Part', url: 'https://shop.example/en/terms.pdf#x' },
			{ text: 'CDN', url: 'https://cdn.example/x' },
		]);
	});

	test.each([
		['<meta name="date" content="2026-03-04">', '2026-03-04'],
		['<time datetime="2026-03-05T08:00:00+01:00">5 March</time>', '2026-03-05T07:00:00.000Z'],
		['<script type="application/ld+json">{"@graph":[{"dateModified":"2026-03-06"}]}</script>', '2026-03-06'],
		['<script type="application/ld+json">{broken</script><time datetime="soon">soon</time>', undefined],
	])('the date in %s', (html, date) => {
		expect(read(`<title>T</title><body><p>Text.</p>${html}`).date).toBe(date);
	});

	test('at most 500 links', () => {
		const links = Array.from({ length: 900 }, (_, index) => `<a href="/p${index}">${index}</a>`).join(' ');
		expect(read(`<body>${links}</body>`).links).toHaveLength(500);
	});
});

describe('what is read of a page', () => {
	const words =
		'The house is insured against fire, storm and theft, and this sentence is long enough to count as prose. ';

	test('the article, not the menus around it', () => {
		const markdown =
			body(`<nav><ul><li><a href="/a">Menu one</a></li></ul></nav><div class="sidebar"><p>Buy our socks</p></div>
			<article><h1>Cover</h1><p>${words.repeat(4)}</p><p>${words.repeat(4)}</p></article><footer>Imprint</footer>`);
		expect(markdown).toContain('The house is insured');
		expect(markdown).not.toMatch(/Menu one|Imprint|socks/);
	});

	test('also a table and a footnote that the article extraction would lose', () => {
		const markdown =
			body(`<nav>Menu</nav><article><p>${words.repeat(8)} From USD 99<sup><a href="#f">1</a></sup>.</p></article>
			<div class="sidebar related"><table><tr><th>Premium</th><td>USD 412</td></tr></table></div>
			<footer><p id="f">1 Only in the first year.</p></footer>`);
		expect(markdown).toContain('| Premium | USD 412 |');
		expect(markdown).toContain('Only in the first year.');
		expect(markdown).not.toContain('Menu');
	});

	test('the whole of a short page', () => {
		expect(body('<div>Just a line.</div>')).toBe('Just a line.');
	});

	test('a page filled in by scripts says so', () => {
		const page = read(`<body><div id="root"></div><script>${'x'.repeat(5_000)}</script></body>`);
		expect(page.warnings.join()).toContain('needs a browser');
	});
});
