import { describe, expect, it } from 'vitest';
import { upcast, upcaster } from './upcast.ts';

const fact = (v: number, data: object, type = 'Priced') => ({ seq: 4, at: 9, type, v, data: { ...data } });

describe('upcaster', () => {
	const up = upcaster([
		{ type: 'Priced', from: 1, data: ({ price, ...rest }) => ({ ...rest, cents: Number(price) * 100 }) },
		{ type: 'Priced', from: 2, data: (old) => ({ ...old, currency: 'USD' }) },
		{ type: 'Paid', from: 1, to: { type: 'Settled' }, data: (old) => old },
		{ type: 'Settled', from: 2, data: (old) => ({ ...old, final: true }) },
	]);

	it('brings a fact up step by step, and keeps its place', () => {
		expect(up(fact(1, { price: 3, item: 'tea' }))).toEqual(fact(3, { item: 'tea', cents: 300, currency: 'USD' }));
		expect(up(fact(2, { cents: 5 }))).toEqual(fact(3, { cents: 5, currency: 'USD' }));
	});

	it('follows a renamed type', () => {
		expect(up(fact(1, { by: 'ann' }, 'Paid'))).toEqual(fact(3, { by: 'ann', final: true }, 'Settled'));
	});

	it('leaves facts of today and of unknown types as they are', () => {
		const today = fact(3, { cents: 5 });
		expect(up(today)).toBe(today);
		const unknown = fact(1, {}, 'Sung');
		expect(up(unknown)).toBe(unknown);
		expect(upcast(today)).toBe(today);
	});

	it('refuses two steps for one version', () => {
		const step = { type: 'Priced', from: 1, data: () => ({}) };
		expect(() => upcaster([step, step])).toThrow('Priced version 1');
	});
});
