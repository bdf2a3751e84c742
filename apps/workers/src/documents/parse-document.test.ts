import { CoreError } from '@errand/core/domain/errors.ts';
import { PDFDocument } from 'pdf-lib';
import { describe, expect, test } from 'vitest';
import { madeZip } from './fixture/made-zip.ts';
import { rawDocument } from './fixture/raw-document.ts';
import { policyDocx } from './fixture/sample-docx.ts';
import { policyPdf, scannedPdf, struckPdf, twoColumnPdf } from './fixture/sample-pdf.ts';
import { parseDocument } from './parse-document.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

async function failure(
	content: string | Uint8Array,
	about: Parameters<typeof rawDocument>[1] = {},
): Promise<CoreError> {
	const error = await parseDocument(rawDocument(content, about)).then(
		(document) => new Error(`read as ${document.kind}`),
		(thrown: unknown) => thrown,
	);
	if (error instanceof CoreError) return error;
	throw error;
}

describe('a PDF', () => {
	test('keeps table rows, joins wrapped cells, lines and pages, drops running heads and page numbers', async () => {
		const document = await parseDocument(rawDocument(await policyPdf()));
		expect(document).toMatchObject({ kind: 'pdf', title: 'Borealis Home Policy', date: '2026-01-15T10:30:00.000Z' });
		expect(document.markdown).toBe(`Borealis Insurance Ltd - Policy document

# Home Policy 2026

This policy insures the building named in the schedule and everything in it against fire, storm, theft and water damage. It replaces the policy of 2025.

|  |  |
| --- | --- |
| Annual premium | USD 412.00[^1] |
| Deductible | USD 500 per claim |

| Benefit | Limit | Conditions |
| --- | --- | --- |
| Water damage | USD 25,000 | Burst pipes only; slow leaks are excluded |
| Theft | USD 10,000 | Forced entry |
| Garden furniture and tools | USD 1,500 | None |

## Exclusions

- Flood and rising ground water
- War and nuclear risk

[^1]: Until 2025: USD 398.00.

Nothing is paid if the loss was caused on purpose, or by a person living in it, or if the insured building has been empty for more than sixty days before the loss.

## Claims

Call +1 555 010 2000.
Write to claims@borealis.example.

This is the last page of the policy.

Keep it with your papers.`);
	});

	test('in two columns is read one column after the other', async () => {
		const { markdown } = await parseDocument(rawDocument(await twoColumnPdf()));
		expect(markdown).toMatch(/^# A title that runs across/);
		expect(markdown.indexOf('left 20 of')).toBeGreaterThan(0);
		expect(markdown.indexOf('left 20 of')).toBeLessThan(markdown.indexOf('right 1 of'));
	});

	test('marks a price that a line runs through, and no underlined one', async () => {
		const { markdown } = await parseDocument(rawDocument(await struckPdf()));
		expect(markdown).toBe('Premium: ~~USD 480~~ USD 412 a year');
	});

	test('without text says that it is a scan', async () => {
		const error = await failure(await scannedPdf());
		expect(error.code).toBe('unreadable-document');
		expect(error.message).toContain('has no text layer; it is probably a scan');
	});

	test('that is damaged or cut off is unreadable', async () => {
		const whole = await policyPdf();
		for (const broken of [whole.slice(0, 300), bytes('%PDF-1.7\nnothing of the kind')]) {
			expect((await failure(broken)).code).toBe('unreadable-document');
		}
	});

	test('with one page of pictures warns about that page', async () => {
		const pdf = await PDFDocument.load(await policyPdf());
		pdf.addPage();
		const { warnings } = await parseDocument(rawDocument(await pdf.save()));
		expect(warnings).toEqual(['Page 4 is without text; probably scanned.']);
	});
});

describe('a Word file', () => {
	test('keeps headings, tables, struck-out prices, lists and footnotes', async () => {
		const document = await parseDocument(rawDocument(await policyDocx()));
		expect(document).toMatchObject({ kind: 'docx', title: 'Cedar Home Policy' });
		expect(document.date).toMatch(/^\d{4}-\d{2}-\d{2}T/);
		expect(document.markdown).toBe(`# Cedar Home Policy

Premium: ~~USD 455~~ USD 429[^1] a year.

| Benefit | Limit | Excess |
| --- | --- | --- |
| Water damage | USD 20,000 | USD 250 |
| Theft \\| burglary | USD 8,000 | USD 500 |

## Exclusions

- Flood
- War

[^1]: Old price until 2025: USD 398.`);
	});

	test('whose entries promise too much is refused before it is unpacked', async () => {
		const bomb = madeZip([{ name: 'word/document.xml', content: bytes('<x/>'), declared: 200_000_000 }]);
		const error = await failure(bomb);
		expect([error.code, error.message]).toEqual(['too-large', expect.stringContaining('more than 100 MB')]);
	});

	test('whose entry unpacks to more than it declares is refused', async () => {
		const bomb = madeZip([{ name: 'word/document.xml', content: new Uint8Array(30_000_000), declared: 1_000 }]);
		expect(bomb.length).toBeLessThan(100_000);
		const error = await failure(bomb);
		expect([error.code, error.message]).toEqual(['too-large', expect.stringContaining('more than it declares')]);
	});

	test('with more text than is read, or too many entries, is refused', async () => {
		const text = madeZip([{ name: 'word/document.xml', content: new Uint8Array(25_000_000) }]);
		expect((await failure(text)).message).toContain('more than 24 MB');
		const tags = madeZip([{ name: 'word/document.xml', content: bytes('<a/>'.repeat(150_001)) }]);
		expect((await failure(tags)).message).toContain('too many parts');
		const many = madeZip(
			Array.from({ length: 5_001 }, (_, index) => ({ name: `word/${index}`, content: new Uint8Array() })),
		);
		expect((await failure(many)).message).toContain('5001 entries');
	});

	test('that is cut off, or holds something else, is unreadable', async () => {
		const whole = await policyDocx();
		expect((await failure(whole.slice(0, whole.length - 200))).code).toBe('unreadable-document');
		const deep = madeZip([{ name: 'word/document.xml', content: bytes('<a>'.repeat(20_000)) }]);
		expect((await failure(deep)).code).toBe('unreadable-document');
		const nonsense = madeZip([{ name: 'word/document.xml', content: bytes('<w:document><unclosed>') }]);
		expect((await failure(nonsense)).code).toBe('unreadable-document');
	});
});

describe('what cannot be read', () => {
	const zip = (name: string) => madeZip([{ name, content: bytes('x') }]);
	test.each<[string, string | Uint8Array, string | undefined, string]>([
		['a PNG', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0), 'text/html', 'an image (PNG)'],
		['a JPEG', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 0), 'text/plain', 'an image (JPEG)'],
		[
			'an SVG',
			'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"></svg>',
			'image/svg+xml',
			'an image (SVG)',
		],
		['a spreadsheet', zip('xl/workbook.xml'), undefined, 'a spreadsheet (XLSX)'],
		['a plain archive', zip('a.txt'), undefined, 'a ZIP archive'],
		[
			'an old Word file',
			Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0),
			undefined,
			'an old Office file',
		],
		['a video by its header', Uint8Array.of(1, 2, 0, 0, 0, 5, 0, 7, 0, 1), 'video/x-foo', 'a video'],
		[
			'any binary',
			Uint8Array.from({ length: 3_000 }, (_, index) => (index * 7919) % 256),
			'text/html',
			'a binary file',
		],
	])('%s is named', async (_what, content, contentType, words) => {
		const error = await failure(content, { contentType, name: 'thing', url: 'https://a.example/thing' });
		expect(error.code).toBe('unsupported-type');
		expect(error.message).toContain(`Cannot read https://a.example/thing: it is ${words}`);
	});

	test('an empty file', async () => {
		expect((await failure('')).message).toContain('it is empty');
	});
});

describe('text and data', () => {
	test('Markdown stays as it is, its first heading is the title', async () => {
		const document = await parseDocument(
			rawDocument('\ufeff# Notes\r\n\r\n- one\r\n', { contentType: 'text/markdown' }),
		);
		expect(document).toMatchObject({ kind: 'text', title: 'Notes', markdown: '# Notes\n\n- one' });
	});

	test('more than two megabytes are cut at a line', async () => {
		const document = await parseDocument(rawDocument('a line of text\n'.repeat(200_000)));
		expect(document.truncated).toBe(true);
		expect(document.markdown.length).toBeLessThanOrEqual(2_000_000);
		expect(document.markdown.endsWith('a line of text')).toBe(true);
	});

	test('JSON is indented; nested too deep or invalid it is shown as it is', async () => {
		const good = await parseDocument(rawDocument('{"title":"Rates","a":[1,2]}', { contentType: 'application/json' }));
		expect(good).toMatchObject({
			kind: 'json',
			title: 'Rates',
			markdown: '```json\n{\n  "title": "Rates",\n  "a": [\n    1,\n    2\n  ]\n}\n```',
		});
		const deep = await parseDocument(
			rawDocument('['.repeat(100_000) + ']'.repeat(100_000), { contentType: 'application/json' }),
		);
		expect(deep.markdown).toContain('[[[[');
		const bad = await parseDocument(rawDocument('{"a":', { contentType: 'application/problem+json' }));
		expect(bad.markdown).toContain('{"a":');
		expect(bad.warnings).toHaveLength(1);
	});

	test('JSON and HTML are recognised whatever the header says', async () => {
		expect((await parseDocument(rawDocument('{"a": 1}', { contentType: 'text/html' }))).kind).toBe('json');
		expect((await parseDocument(rawDocument('<!DOCTYPE html><p>x', { contentType: 'text/plain' }))).kind).toBe('html');
		expect((await parseDocument(rawDocument(await policyPdf(), { contentType: 'text/html' }))).kind).toBe('pdf');
	});
});

describe('a feed', () => {
	const url = 'https://news.example/feed';

	test('RSS gives items with titles, dates and links', async () => {
		const document = await parseDocument(
			rawDocument(
				`<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>News &amp; more</title>
				<item><title>First</title><link>https://news.example/1</link><pubDate>Tue, 03 Mar 2026 10:00:00 GMT</pubDate>
				<description><![CDATA[<p>Short &amp; <b>bold</b>.</p>]]></description></item>
				<item><title>Second</title><link>/2</link><description>&lt;p&gt;Escaped &amp;amp; fine.&lt;/p&gt;</description></item>
				</channel></rss>`,
				{ contentType: 'text/plain', url },
			),
		);
		expect(document).toMatchObject({ kind: 'feed', title: 'News & more', date: '2026-03-03T10:00:00.000Z' });
		expect(document.markdown).toBe(
			'## First\n\n2026-03-03 · https://news.example/1\n\nShort & bold.\n\n## Second\n\n/2\n\nEscaped & fine.',
		);
		expect(document.links).toEqual([
			{ text: 'First', url: 'https://news.example/1' },
			{ text: 'Second', url: 'https://news.example/2' },
		]);
	});

	test('Atom, RSS 1.0 and JSON Feed are feeds too', async () => {
		const atom = `<feed xmlns="http://www.w3.org/2005/Atom"><title type="text">A</title><updated>2026-03-04T00:00:00Z</updated>
			<entry><title>One</title><link rel="self" href="/self"/><link href="https://a.example/one"/><content type="html">&lt;b&gt;Hi&lt;/b&gt; there</content></entry>
			<entry><title>Two</title><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Para</p></div></content></entry></feed>`;
		const rdf = `<?xml version="1.0"?><rdf:RDF xmlns:rdf="x" xmlns="http://purl.org/rss/1.0/" xmlns:dc="y"><channel><title>R</title></channel>
			<item><title>One</title><link>https://a.example/one</link><dc:date>2026-03-04</dc:date></item></rdf:RDF>`;
		const json =
			'{"version":"https://jsonfeed.org/version/1.1","title":"J","items":[{"title":"One","url":"https://a.example/one","content_text":"a < b"}]}';
		const [one, two, three] = await Promise.all(
			[atom, rdf, json].map((text) => parseDocument(rawDocument(text, { url }))),
		);
		expect(one?.markdown).toBe('## One\n\nhttps://a.example/one\n\nHi there\n\n## Two\n\nPara');
		expect(two?.markdown).toBe('## One\n\n2026-03-04 · https://a.example/one');
		expect(three?.markdown).toBe('## One\n\nhttps://a.example/one\n\na < b');
		expect([one, two, three].map((document) => document?.kind)).toEqual(['feed', 'feed', 'feed']);
	});

	test('with entities made to explode or nested without end is refused or bounded', async () => {
		const entities = Array.from({ length: 30 }, (_, index) => `<!ENTITY e${index + 1} "&e${index};&e${index};">`).join(
			'',
		);
		const laughs = `<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY e0 "lol">${entities}]><rss><channel><title>&e30;</title></channel></rss>`;
		const deep = `<rss><channel>${'<a>'.repeat(100_000)}`;
		for (const xml of [laughs, deep]) {
			const result = await parseDocument(rawDocument(xml)).catch((error: unknown) => error);
			if (result instanceof CoreError) expect(result.code).toBe('unreadable-document');
			else expect(JSON.stringify(result).length).toBeLessThan(100_000);
		}
	});
});

describe('character sets', () => {
	const page = (head: string, content: Uint8Array) =>
		Buffer.concat([Buffer.from(`<html><head>${head}</head><body><p>`), content, Buffer.from('</p></body></html>')]);
	const cafe = Uint8Array.of(0x63, 0x61, 0x66, 0xe9, 0x20, 0x80); // "café €" in Windows-1252
	const tokyo = Uint8Array.of(0x93, 0x8c, 0x8b, 0x9e); // "東京" in Shift_JIS

	test.each<[string, Uint8Array, string | undefined, string]>([
		['the header', page('', tokyo), 'text/html; charset=Shift_JIS', '東京'],
		['the meta tag', page('<meta charset="shift_jis">', tokyo), 'text/html', '東京'],
		[
			'the old meta tag',
			page('<meta http-equiv="content-type" content="text/html; charset=windows-1252">', cafe),
			undefined,
			'café €',
		],
		['latin-1, which means Windows-1252', page('', cafe), 'text/html; charset=ISO-8859-1', 'café €'],
		['nothing, and not UTF-8', page('', cafe), 'text/html', 'café €'],
		['nothing, and UTF-8', page('', Buffer.from('café €')), 'text/html', 'café €'],
		['an unknown name', page('', Buffer.from('café €')), 'text/html; charset=klingon', 'café €'],
		[
			'a byte order mark against the header',
			Buffer.from('\ufeff<p>café €</p>', 'utf16le'),
			'text/html; charset=utf-8',
			'café €',
		],
		[
			'UTF-16 without a mark',
			Buffer.from('<html><p>cafe and more of it</p></html>', 'utf16le'),
			'text/html',
			'cafe and more of it',
		],
	])('by %s', async (_how, content, contentType, text) => {
		const document = await parseDocument(rawDocument(content, { contentType }));
		expect([document.kind, document.markdown]).toEqual(['html', text]);
	});
});
