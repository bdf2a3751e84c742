import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asPersonId } from '../domain/ids.ts';
import type { IResultCache } from '../ports/result-cache.ts';

interface Opened {
	readonly cache: IResultCache;
	close(): Promise<void>;
}

/** resultCacheContract is what every IResultCache does; `setup` opens an empty one with room for some 10 KB. */
export function resultCacheContract(name: string, setup: () => Promise<Opened>): void {
	describe(`${name} as a result cache`, () => {
		let opened: Opened;
		let cache: IResultCache;
		beforeEach(async () => {
			opened = await setup();
			cache = opened.cache;
		});
		afterEach(() => opened.close());

		const ann = asPersonId('ann');
		const result = { output: { text: 'tea', list: [1, null] }, origins: ['web:example.org'] };

		it('gives a result back with its origins, and the last one after a second put', async () => {
			expect(await cache.get(ann, 'k')).toBeUndefined();
			await cache.put(ann, 'k', { output: 1, origins: [] });
			await cache.put(ann, 'k', result);
			expect(await cache.get(ann, 'k')).toEqual(result);
		});

		it('keeps people and keys apart', async () => {
			await cache.put(ann, 'k', result);
			expect(await cache.get(asPersonId('bob'), 'k')).toBeUndefined();
			expect(await cache.get(ann, 'k2')).toBeUndefined();
		});

		it('forgets a person, and only them', async () => {
			await cache.put(ann, 'k', result);
			await cache.put(asPersonId('bob'), 'k', result);
			await cache.eraseOf(ann);
			await cache.eraseOf(asPersonId('stranger'));
			expect(await cache.get(ann, 'k')).toBeUndefined();
			expect(await cache.get(asPersonId('bob'), 'k')).toEqual(result);
		});

		it('takes simultaneous puts of one key', async () => {
			await Promise.all(Array.from({ length: 10 }, () => cache.put(ann, 'k', result)));
			expect(await cache.get(ann, 'k')).toEqual(result);
		});
	});
}
