import { expect, test } from 'vitest';
import { findAmounts, parseNumber, perYear } from './amounts.ts';

const read = (text: string) =>
	findAmounts(text).map(({ kind, value, unit, period }) => [kind, Math.round(value * 1000) / 1000, unit, period]);

test.each([
	['$1,234.50', ['money', 1234.5, 'USD', undefined]],
	['1.234,50 €', ['money', 1234.5, 'EUR', undefined]],
	['EUR 65.000', ['money', 65_000, 'EUR', undefined]],
	["CHF 1'200 per year", ['money', 1200, 'CHF', 'year']],
	['£1.5 million', ['money', 1_500_000, 'GBP', undefined]],
	['$300k', ['money', 300_000, 'USD', undefined]],
	['$48/month', ['money', 48, 'USD', 'month']],
	['$48 a month', ['money', 48, 'USD', 'month']],
	['€576 p.a.', ['money', 576, 'EUR', 'year']],
	['2 percent', ['percent', 2, '%', undefined]],
	['two weeks', ['duration', 14, 'day', undefined]],
	['a 14-day period', ['duration', 14, 'day', undefined]],
	['15 hours', ['duration', 15, 'hour', undefined]],
	['1 TB', ['quantity', 1024, 'GB', undefined]],
	['3.5 lb', ['quantity', 1.588, 'kg', undefined]],
	['68 m²', ['quantity', 68, 'm²', undefined]],
])('reads %s', (text, expected) => {
	expect(read(text)).toEqual([expected]);
});

test('takes no figure out of a form number, a date or a telephone number', () => {
	expect(read('Form HG-204, 12 January 2026, call 0800 555 0142, version 3.2.1')).toEqual([]);
});

test('brings a monthly and a yearly price to one basis', () => {
	const [monthly, yearly] = findAmounts('$48 per month or $576 per year');
	expect(monthly && perYear(monthly)).toBe(yearly && perYear(yearly));
});

test('tells decimals from thousands', () => {
	expect(parseNumber('1.234', true)).toBe(1234);
	expect(parseNumber('1.234', false)).toBe(1.234);
	expect(parseNumber('1,5', true)).toBe(1.5);
	expect(parseNumber('1.234.567', false)).toBe(1_234_567);
});
