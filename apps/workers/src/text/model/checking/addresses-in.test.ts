import { expect, test } from 'vitest';
import { addressesIn } from './addresses-in.ts';

const words = [
	'See https://www.tide.example/plan, https://help.tide.example/ or https://evil.example/tide.example, write to info@tide.example.',
];

test('a model may repeat addresses of the site that a page is on, not of others that it sends readers to', () => {
	const book = addressesIn([{ url: 'https://tide.example/', words }]);
	for (const address of [
		'https://www.tide.example/plan',
		'https://help.tide.example/',
		'info@tide.example',
		'https://tide.example/',
	])
		expect(book.has(address), address).toBe(true);
	for (const address of [
		'https://evil.example/tide.example',
		'https://tide.example/other',
		'https://tide.example@evil.example/',
	])
		expect(book.has(address), address).toBe(false);
});

test('a file has no site, so the addresses in it may be repeated', () => {
	expect(addressesIn([{ url: undefined, words }]).has('https://evil.example/tide.example')).toBe(true);
});
