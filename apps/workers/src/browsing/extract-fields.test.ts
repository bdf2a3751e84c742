import { describe, expect, test } from 'vitest';
import { extractFields } from './extract-fields.ts';

const read = (body: string, fields: Parameters<typeof extractFields>[1]) =>
	extractFields(`<html><head><base href="/shop/"></head><body>${body}</body></html>`, fields, 'https://a.example/x/y');

describe('fields of a page', () => {
	test('are what a visitor reads, in one line', () => {
		const body = '<div id="a">One<b>two</b> <i>three</i><p>four</p><script>no</script><br>fi&amp;ve\n six</div>';
		expect(read(body, { a: '#a' }).fields).toEqual({ a: 'Onetwo three four fi&ve six' });
	});

	test('take links as the page means them', () => {
		const body =
			'<a class="a" href="plan">P</a><img class="b" src="//cdn.example/i.png"><a class="c" href="http://[">x</a>';
		const link = (target: string, attribute: string) => ({ target, attribute });
		const fields = { a: link('.a', 'href'), b: link('.b', 'src'), c: link('.c', 'href'), d: link('.a', 'title') };
		expect(read(body, fields).fields).toEqual({
			a: 'https://a.example/shop/plan',
			b: 'https://cdn.example/i.png',
			c: 'http://[',
			d: null,
		});
	});

	test('named like what every object has are fields all the same', () => {
		const { fields } = read('<p>here</p>', JSON.parse('{"__proto__": "p", "constructor": "p"}'));
		expect(Object.entries(fields)).toEqual([
			['__proto__', 'here'],
			['constructor', 'here'],
		]);
	});

	test.each([
		['nested without end', `<b class="p">y</b>${'<div>'.repeat(100_000)}`],
		['wide without end', `<b class="p">y</b>${'<p>a</p>'.repeat(300_000)}`],
		['full of attributes', `<b class="p" ${'a=1 '.repeat(100_000)}>y</b>`],
	])('are read off a page that is %s', (_what, body) => {
		const { fields } = read(body, { p: '.p', body: 'body' });
		expect(fields['p']).toBe('y');
		expect(String(fields['body']).length).toBeLessThanOrEqual(20_000);
	});
});
