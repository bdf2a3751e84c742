import { describe, expect, test } from 'vitest';
import { shortAddress, stepWords, targetWords } from './visit-words.ts';

describe('the words for what a visit does', () => {
	test('name elements as a person sees them, where the selector says so', () => {
		expect(targetWords('text=Sign in')).toBe('“Sign in”');
		expect(targetWords('role=button[name="Buy now"]')).toBe('“Buy now”');
		expect(targetWords('#cart > a')).toBe('#cart > a');
		expect(targetWords(`text=${'long '.repeat(50)}`).length).toBeLessThan(70);
	});

	test('never say what is filled in, nor what an address carries', () => {
		expect(stepWords({ do: 'fill', target: '#pin', text: '1234' })).toBe('filling in #pin');
		expect(shortAddress('https://user:pw@shop.example/cart?token=abc#x')).toBe('shop.example/cart');
		expect(shortAddress('data:text/html,<b>x</b>')).toBe('data:…');
	});

	test('say what is waited for', () => {
		expect(stepWords({ do: 'wait', text: 'Thank you' })).toBe('waiting for “Thank you”');
		expect(stepWords({ do: 'wait', ms: 1_500 })).toBe('waiting 1.5 s');
	});
});
