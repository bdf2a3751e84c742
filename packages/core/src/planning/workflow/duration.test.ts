import { expect, it } from 'vitest';
import { parseDuration } from './duration.ts';

it.each([
	[1_500, 1_500],
	['250', 250],
	['30s', 30_000],
	['1h 30m', 5_400_000],
	['1.5d', 129_600_000],
	['2w', 1_209_600_000],
	['', undefined],
	['soon', undefined],
	['5 parsecs', undefined],
	[-1, undefined],
	[Number.NaN, undefined],
	[null, undefined],
])('reads %j as %j ms', (written, ms) => {
	expect(parseDuration(written)).toBe(ms);
});
