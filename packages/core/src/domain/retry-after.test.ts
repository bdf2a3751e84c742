import { expect, test } from 'vitest';
import { readRetryAfter } from './retry-after.ts';

const now = Date.UTC(2026, 2, 20, 12);

test.each([
	['7', 7_000],
	[' 2.5 ', 2_500],
	['0', 0],
	['Fri, 20 Mar 2026 12:00:30 GMT', 30_000],
	['Fri, 20 Mar 2026 11:00:00 GMT', 0],
	['86400', 3_600_000],
	['9'.repeat(400), 3_600_000],
	['Fri, 20 Mar 2099 12:00:00 GMT', 3_600_000],
	['', undefined],
	['soon', undefined],
	[undefined, undefined],
	[null, undefined],
])('reads a wait of %j as %j ms', (header, ms) => {
	expect(readRetryAfter(header, now)).toBe(ms);
});
