import { describe, expect, test } from 'vitest';
import { CoreError } from '../../domain/errors.ts';
import { DeliveryIntent } from './delivery-intent.ts';

describe('the intent to send', () => {
	test('is recorded once, however often it is noted', async () => {
		let recorded = 0;
		const intent = new DeliveryIntent(async () => {
			recorded += 1;
		});
		expect(intent.isNoted).toBe(false);
		await Promise.all([intent.note(), intent.note()]);
		expect([recorded, intent.isNoted]).toEqual([1, true]);
		intent.end();
		await expect(intent.note()).rejects.toThrow('given up');
	});

	test('that cannot be recorded refuses each time, and is known by its reason', async () => {
		const full = new CoreError('disk-full', 'There is no room.', { hint: 'Make some.' });
		const intent = new DeliveryIntent(() => Promise.reject(full));
		await expect(intent.note()).rejects.toBe(full);
		await expect(intent.note()).rejects.toBe(full);
		expect(intent.refusal).toBe(full);
	});

	test('comes too late once nobody waits for the delivery any more', async () => {
		let recorded = 0;
		const intent = new DeliveryIntent(async () => {
			recorded += 1;
		});
		intent.end();
		await expect(intent.note()).rejects.toThrow('given up');
		expect([recorded, intent.isNoted]).toEqual([0, false]);
	});
});
