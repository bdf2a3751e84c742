import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asStepId } from '../domain/ids.ts';
import type { Json } from '../domain/json.ts';
import { addressProblems } from './address-problems.ts';

function made(input: Json, ...given: string[]): string[] {
	const step = { id: asStepId('a'), title: 'a', capability: 'web.read', input, dependsOn: [], essential: true };
	return addressProblems([step], given).map(({ message }) => /"(.*?)"/.exec(message)?.[1] ?? message);
}

describe('addressProblems', () => {
	test('lets through what the person wrote, in any spelling of it', () => {
		const goal = 'Compare https://WWW.Shop.example/Plans/ with (http://b.example/x?y=1#z), and look at c.example.';
		for (const url of [
			'https://www.shop.example/Plans/',
			'https://shop.example/Plans',
			'http://SHOP.example/Plans#top',
			'https://b.example/x?y=1',
			'c.example',
			'https://c.example/',
			'https://www.c.example',
			'//c.example',
		])
			expect(made({ url }, goal)).toEqual([]);
	});

	test('refuses what only resembles it', () => {
		const goal = 'Compare https://shop.example/Plans and b.example/x?y=1';
		for (const url of [
			'https://shop.example/plans',
			'https://shop.example/Plans/2',
			'https://shop.example',
			'https://shop.example.evil.example/Plans',
			'https://shop.example@evil.example/Plans',
			'https://shop.example:8443/Plans',
			'https://b.example/x?y=2',
			'https://b.example/x',
			'ftp://shop.example/Plans',
			'evil.example',
			'evil.example/collect',
			'//evil.example/x',
			'http://[::1]:3000/',
			'localhost:3000',
			'127.0.0.1',
			'file:///etc/passwd',
			'https:\\\\evil.example/x',
			'https:evil.example/x',
		])
			expect(made({ url }, goal), url).toEqual([url]);
	});

	test('looks everywhere in an input, but not at references, file names and ordinary words', () => {
		const deep = {
			documents: [{ $from: 'a' }, { links: [{ url: 'https://x.example/1' }] }],
			note: 'see www.y.example.',
		};
		expect(made(deep, '')).toEqual(['https://x.example/1', 'www.y.example']);
		expect(made({ urls: ['a.example', { $from: 'r.results.url' }] }, 'a.example')).toEqual([]);
		expect(made({ path: 'notes.md', topic: 'Node.js and/or 3.5 km/h, e.g. C++/Rust', to: 'me@a.example' }, '')).toEqual(
			[],
		);
		expect(made({ topic: 'why https://z.example/ is down' }, 'Why is z.example down?')).toEqual([]);
	});

	test('reads addresses out of Markdown, lists and other scripts', () => {
		expect(made({ url: 'https://a.example/b' }, '[plan](https://a.example/b)')).toEqual([]);
		expect(made({ url: 'https://a.example/w_(x)' }, 'https://a.example/w_(x)')).toEqual([]);
		expect(made({ url: 'https://a.example/2' }, 'https://a.example/1,https://a.example/2')).toEqual([]);
		expect(made({ url: 'https://xn--mnchen-3ya.example/a' }, 'Lies münchen.example/a')).toEqual([]);
	});

	test('holds for any address: given it passes, not given it is told', () => {
		fc.assert(
			fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (raw) => {
				const url = raw.replace(/[^\w/]+$/, '').replace(/['`|\\^{}]/g, '');
				expect(made({ url }, `Please read ${url} for me.`)).toEqual([]);
				expect(made({ url }, 'Please read it for me.')).toHaveLength(1);
			}),
		);
	});
});
