import { describe, expect, it } from 'vitest';
import { formatBytes, formatCost, formatCount, formatDuration } from './amounts.ts';

describe('amounts', () => {
	it('says durations as a person would', () => {
		expect([0, 412, 9_940, 12_300, 59_400, 184_000, 7_500_000].map(formatDuration)).toEqual([
			'0.0 s',
			'0.4 s',
			'9.9 s',
			'12 s',
			'59 s',
			'3 min 04 s',
			'2 h 05 min',
		]);
	});

	it('never says 60 seconds or a negative time', () => {
		expect(formatDuration(59_999)).toBe('1 min 00 s');
		expect(formatDuration(9_999)).toBe('10 s');
		expect(formatDuration(-5)).toBe('0.0 s');
	});

	it('says sizes in the unit that keeps them short', () => {
		expect([0, 1, 999, 1_000, 14_200, 999_600, 3_210_000, 5e12].map(formatBytes)).toEqual([
			'0 bytes',
			'1 byte',
			'999 bytes',
			'1 KB',
			'14 KB',
			'1 MB',
			'3.2 MB',
			'5 TB',
		]);
	});

	it('puts nouns in the plural where they belong', () => {
		expect([formatCount(0, 'step'), formatCount(1, 'step'), formatCount(2, 'step')]).toEqual([
			'0 steps',
			'1 step',
			'2 steps',
		]);
	});

	it('says what was used, and of money as many digits as it takes', () => {
		const cost = (tokens: number, microUsd: number) => formatCost({ tokens, microUsd });
		expect([cost(0, 0), cost(1, 0), cost(12_400, 0)]).toEqual(['', '1 token', '12,400 tokens']);
		expect([cost(9, 12), cost(9, 3_100), cost(9, 31_000), cost(9, 2_310_000)]).toEqual([
			'9 tokens, under $0.0001',
			'9 tokens, $0.0031',
			'9 tokens, $0.031',
			'9 tokens, $2.31',
		]);
	});
});
