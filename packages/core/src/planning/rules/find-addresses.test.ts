import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { markAddresses, marksIn, withLabels, withPlainMarks } from './find-addresses.ts';

const urls = (text: string) => markAddresses(text).urls;

describe('markAddresses', () => {
	test('finds addresses without the punctuation of the sentence', () => {
		expect(urls('See https://a.example/x, (http://b.example:8080/y?q=1#z). Or <https://c.example>!')).toEqual([
			'https://a.example/x',
			'http://b.example:8080/y?q=1#z',
			'https://c.example',
		]);
	});

	test('keeps brackets that belong to the address', () => {
		expect(urls('https://en.example/wiki/Mercury_(planet) and (https://a.example/b_(c))')).toEqual([
			'https://en.example/wiki/Mercury_(planet)',
			'https://a.example/b_(c)',
		]);
	});

	test('finds addresses in Markdown links, in quotes, and joined by commas', () => {
		expect(urls('[plan](https://a.example/plan) "https://b.example/x" “https://c.example/y”')).toEqual([
			'https://a.example/plan',
			'https://b.example/x',
			'https://c.example/y',
		]);
		expect(urls('https://a.example/1,https://a.example/2')).toEqual(['https://a.example/1', 'https://a.example/2']);
	});

	test('takes bare domains with a path or www, and nothing that only looks like one', () => {
		expect(urls('www.a.example and b.example/path, (c.example/x).')).toEqual([
			'https://www.a.example',
			'https://b.example/path',
			'https://c.example/x',
		]);
		expect(urls('and/or 1.5/2 Node.js e.g. notes.md me@a.example/x 3.14 ../x ./y either/or.')).toEqual([]);
	});

	test('names each address once, and skips what is none', () => {
		expect(urls('https://a.example/x https://a.example/x')).toEqual(['https://a.example/x']);
		expect(urls('https:// http://[ https://?')).toEqual([]);
		expect(urls(`https://a.example/${'x'.repeat(3_000)}`)).toEqual([]);
	});

	test('finds every address that stands between spaces', () => {
		fc.assert(
			fc.property(fc.array(fc.webUrl(), { maxLength: 6 }), (some) => {
				const clean = some.map((url) => url.replace(/[^\w/]+$/, ''));
				expect(urls(clean.join(' '))).toEqual([...new Set(clean)]);
			}),
		);
	});
});

describe('marks', () => {
	test('can be told apart, made plain, and read', () => {
		const { text } = markAddresses('Compare https://a.example/x with https://b.example/y');
		expect(marksIn(text)).toEqual([0, 1]);
		expect(withPlainMarks(text)).toBe('Compare \uE000 with \uE000');
		expect(withLabels(text, ['the one', 'the other'])).toBe('Compare the one with the other');
	});

	test('in a list leave nothing behind', () => {
		const list = markAddresses('Pick one: https://a.example/1 https://a.example/2, and https://a.example/3');
		expect(withLabels(list.text, ['a', 'b', 'c'])).toBe('Pick one');
		expect(withLabels(markAddresses('Is it covered? https://a.example/1 https://a.example/2').text, ['a', 'b'])).toBe(
			'Is it covered?',
		);
	});

	test('cannot be forged by the person', () => {
		const { text, urls: found } = markAddresses('x \uE0007\uE001 y');
		expect(found).toEqual([]);
		expect(marksIn(text)).toEqual([]);
	});
});
