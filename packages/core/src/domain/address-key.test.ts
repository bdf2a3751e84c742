import { expect, test } from 'vitest';
import { addressKey } from './address-key.ts';

test('is one for the ways in which one page is written', () => {
	const ways = [
		'https://www.example.org/bills/air/?utm_source=mail&b=2&a=1#top',
		'http://example.org/bills/air?a=1&b=2',
		'HTTPS://EXAMPLE.org:443/bills/air/index.html?fbclid=x&b=2&a=1',
	];
	expect(new Set(ways.map(addressKey))).toEqual(new Set(['example.org/bills/air?a=1&b=2']));
	expect(addressKey('https://example.org')).toBe(addressKey('http://www.example.org/'));
});

test('keeps other pages apart', () => {
	const pages = [
		'https://example.org/a',
		'https://example.org/A',
		'https://example.org:8080/a',
		'https://example.org/a?page=2',
		'https://news.example.org/a',
	];
	expect(new Set(pages.map(addressKey)).size).toBe(pages.length);
});

test('has none for what is no page of the web', () => {
	for (const address of [
		'mailto:a@b.example',
		'javascript:alert(1)',
		'ftp://example.org/a',
		'/relative',
		'',
		'http://',
	]) {
		expect(addressKey(address)).toBeUndefined();
	}
});
