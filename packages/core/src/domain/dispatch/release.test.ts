import { expect, test } from 'vitest';
import { admissible, type TokenBucket, takeToken } from './release.ts';

test('admits twice the slots, shared among those who release, and nothing where there is no slot', () => {
	expect(admissible({ slots: 0, releasers: 1 })).toBe(0);
	expect(admissible({ slots: 8, releasers: 1 })).toBe(16);
	expect(admissible({ slots: 8, releasers: 3 })).toBe(6);
	expect(admissible({ slots: 2, releasers: 50 })).toBe(1);
	expect(admissible({ slots: 2, releasers: 0 })).toBe(4);
});

test('lets a burst go at once and then no more than the rate, however often it is asked', () => {
	const limit = { perSecond: 10, burst: 3 };
	let bucket: TokenBucket | undefined;
	const taken: number[] = [];
	for (let now = 0; now <= 1_000; now++) {
		const next = takeToken(bucket, limit, now);
		bucket = next.bucket;
		if (next.waitMs === 0) taken.push(now);
	}
	expect(taken.slice(0, 4)).toEqual([0, 1, 2, 100]);
	expect(taken).toHaveLength(13);
});

test('says when to come again, and then there is one', () => {
	const limit = { perSecond: 3, burst: 1 };
	let { bucket } = takeToken(undefined, limit, 0);
	let now = 0;
	for (let n = 0; n < 30; n++) {
		const { waitMs } = takeToken(bucket, limit, now);
		expect(waitMs).toBeGreaterThan(0);
		now += waitMs;
		const next = takeToken(bucket, limit, now);
		expect(next.waitMs).toBe(0);
		bucket = next.bucket;
	}
	expect(now).toBeGreaterThanOrEqual(9_990);
	expect(now).toBeLessThan(10_100);
});

test('gives nothing back for a clock that goes back', () => {
	const limit = { perSecond: 1, burst: 1 };
	const { bucket } = takeToken(undefined, limit, 5_000);
	expect(takeToken(bucket, limit, 1_000)).toEqual({ bucket: { tokens: 0, at: 5_000 }, waitMs: 1_000 });
});
