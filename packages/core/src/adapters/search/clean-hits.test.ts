import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cleanHits, plainText } from './clean-hits.ts';

test('leads only to the web, and never with a password', () => {
	const urls = [
		'ftp://a.example/',
		'data:text/html,x',
		'https://user:secret@a.example/',
		'//a.example/x',
		` https://ok.example/${'x'.repeat(10)} `,
		`https://long.example/${'x'.repeat(3_000)}`,
		null,
		undefined,
	];
	const hits = cleanHits(
		urls.map((url) => ({ url, title: 't' })),
		{ limit: 20 },
	);
	expect(hits.map(({ url }) => url)).toEqual(['https://ok.example/xxxxxxxxxx']);
});

test('strips tags before it reads entities, so that nothing becomes a tag', () => {
	expect(plainText('<b>5 &lt; 6</b> &lt;script&gt;<!-- x -->alert&#40;1)&#x29;', 100)).toBe('5 < 6 <script>alert(1))');
	expect(plainText('3 < 4 and 5 > 2', 100)).toBe('3 < 4 and 5 > 2');
	expect(plainText('a\u0000b\u202Ec\n\n d&#0;&#xD800;', 100)).toBe('a b c d');
});

test('bounds what any provider sends, in linear time', () => {
	const hostile = ['<'.repeat(2_000_000), '<!--'.repeat(500_000), '&#'.repeat(1_000_000), '<a '.repeat(700_000)];
	const hits = cleanHits(
		hostile.map((text, index) => ({ url: `https://a.example/${index}`, title: text, snippet: text, date: text })),
		{ limit: 20 },
	);
	for (const { title, snippet } of hits) expect(title.length + snippet.length).toBeLessThanOrEqual(1_300);
});

test('gives well-formed hits from anything', () => {
	const any = fc.option(fc.string({ unit: 'binary', maxLength: 50 }));
	const raw = fc.record({ title: any, url: fc.oneof(any, fc.webUrl()), snippet: any, date: any });
	fc.assert(
		fc.property(fc.array(raw), fc.integer({ min: 1, max: 5 }), (results, limit) => {
			const hits = cleanHits(results, { limit, notBefore: 0 });
			expect(hits.length).toBeLessThanOrEqual(limit);
			for (const { title, url } of hits) {
				expect(title).not.toBe('');
				expect(url).toMatch(/^https?:/);
			}
		}),
	);
});
