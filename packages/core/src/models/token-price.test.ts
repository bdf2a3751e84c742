import { describe, expect, it } from 'vitest';
import { listPrice } from './providers/known-models.ts';
import { microUsdOf } from './token-price.ts';

describe('the price of tokens', () => {
	it('is that of the name for a dated snapshot, and unknown for an unknown model', () => {
		expect(listPrice('gpt-5.6-luna-2026-07-09')).toEqual(listPrice('gpt-5.6-luna'));
		expect(listPrice('gpt-5.6-luna')?.output).toBe(1.2);
		expect(listPrice('toString')).toBeUndefined();
	});

	it('counts what the provider kept from before at its own price', () => {
		const tokens = { input: 1_000, cached: 400, output: 100 };
		expect(microUsdOf(tokens, { input: 2, cachedInput: 0.2, output: 12 })).toBe(1_200 + 80 + 1_200);
		expect(microUsdOf(tokens, { input: 2, output: 12 })).toBe(2_000 + 1_200);
	});

	it('is rounded up, so that no use is free', () => {
		expect(microUsdOf({ input: 1, cached: 0, output: 0 }, { input: 0.2, output: 1 })).toBe(1);
	});
});
