import { expect, it } from 'vitest';
import { loadedOnce } from './loaded-once.ts';

it('loads with the first use, and once', async () => {
	let loads = 0;
	const get = loadedOnce(async () => ++loads);
	expect(loads).toBe(0);
	expect(await Promise.all([get(), get()])).toEqual([1, 1]);
	expect(await get()).toBe(1);
});

it('tries again after a failure', async () => {
	let loads = 0;
	const get = loadedOnce(async () => {
		if (++loads === 1) throw new Error('The disk was busy.');
		return loads;
	});
	await expect(get()).rejects.toThrow('busy');
	expect(await get()).toBe(2);
});
