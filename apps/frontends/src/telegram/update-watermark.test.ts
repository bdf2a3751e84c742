import { describe, expect, it } from 'vitest';
import { UpdateWatermark } from './update-watermark.ts';

describe('UpdateWatermark', () => {
	it('stays at the first update that is not durable, whatever ends after it', () => {
		const watermark = new UpdateWatermark();
		for (const id of [10, 11, 12]) expect(watermark.begin(id)).toBe(true);
		watermark.end(12);
		watermark.end(11);
		expect(watermark.offset).toBe(10);
		watermark.end(10);
		expect(watermark).toMatchObject({ offset: 13, pending: 0 });
	});

	it('takes an update once, also when a poll that was under way brings it after its end', () => {
		const watermark = new UpdateWatermark();
		watermark.begin(10);
		watermark.begin(11);
		watermark.end(11);
		expect([watermark.begin(10), watermark.begin(11)]).toEqual([false, false]);
		watermark.end(10);
		expect([watermark.begin(10), watermark.begin(11), watermark.begin(12)]).toEqual([false, false, true]);
	});

	it('takes updates of one answer in any order', () => {
		const watermark = new UpdateWatermark(5);
		expect([watermark.begin(7), watermark.begin(6)]).toEqual([true, true]);
		expect(watermark.offset).toBe(6);
	});

	it('begins anew with lower numbers when told to', () => {
		const watermark = new UpdateWatermark(1_000);
		watermark.begin(1_000);
		watermark.end(1_000);
		watermark.forget();
		expect(watermark.offset).toBeUndefined();
		expect(watermark.begin(3)).toBe(true);
	});
});
