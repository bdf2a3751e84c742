import {
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { asPersonId } from '../../domain/ids.ts';
import { resultCacheContract } from '../../testing/result-cache.contract.ts';
import { FileResultCache } from './file-result-cache.ts';

const root = mkdtempSync(join(tmpdir(), 'errand-cache-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const newFolder = () => mkdtempSync(join(root, 'cache-'));
const maxBytes = 10_000;

resultCacheContract('A folder', async () => ({
	cache: new FileResultCache({ folder: join(newFolder(), 'cache'), maxBytes }),
	close: async () => undefined,
}));

describe('FileResultCache', () => {
	let folder: string;
	beforeEach(() => {
		folder = newFolder();
	});

	const ann = asPersonId('ann');
	const result = (text: string) => ({ output: text, origins: [] });
	const open = () => new FileResultCache({ folder, maxBytes });
	const files = () =>
		readdirSync(folder, { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile())
			.map((entry) => join(entry.parentPath, entry.name));
	const bytes = () => files().reduce((sum, path) => sum + statSync(path).size, 0);

	it('finds results again after a restart', async () => {
		await open().put(ann, 'k', result('tea'));
		expect(await open().get(ann, 'k')).toEqual(result('tea'));
	});

	it('stays within its bound, and lets go of what was unused for longest', async () => {
		const cache = open();
		for (let number = 0; number < 9; number++) await cache.put(ann, `k${number}`, result('x'.repeat(1_000)));
		await cache.get(ann, 'k0');
		await cache.put(ann, 'k9', result('x'.repeat(1_500)));
		expect(bytes()).toBeLessThanOrEqual(maxBytes);
		expect(await cache.get(ann, 'k0')).toBeDefined();
		expect(await cache.get(ann, 'k9')).toBeDefined();
		expect(await cache.get(ann, 'k1')).toBeUndefined();
	});

	it('brings what an earlier process left within the bound, oldest first', async () => {
		const large = new FileResultCache({ folder, maxBytes: 100_000 });
		for (let number = 0; number < 20; number++) {
			await large.put(ann, `k${number}`, result('x'.repeat(1_000)));
			for (const path of files()) if (statSync(path).mtimeMs > 1e6) utimesSync(path, number + 1, number + 1);
		}
		const cache = open();
		expect(bytes()).toBeLessThanOrEqual(maxBytes);
		expect(await cache.get(ann, 'k19')).toBeDefined();
		expect(await cache.get(ann, 'k0')).toBeUndefined();
	});

	it('does not keep what alone is larger than the bound, nor what it replaces', async () => {
		const cache = open();
		await cache.put(ann, 'k', result('old'));
		await cache.put(ann, 'k', result('x'.repeat(20_000)));
		expect(await cache.get(ann, 'k')).toBeUndefined();
		expect(files()).toEqual([]);
	});

	it.each([
		['emptied', () => ''],
		['cut off', (text: string) => text.slice(0, -4)],
		['edited', (text: string) => text.replace('tea', 'pea')],
		['replaced', () => 'nonsense'],
	])('takes an entry that was %s for absent, and removes it', async (_, damage) => {
		const cache = open();
		await cache.put(ann, 'k', result('tea'));
		const [path = ''] = files();
		writeFileSync(path, damage(readFileSync(path, 'utf8')));
		expect(await cache.get(ann, 'k')).toBeUndefined();
		expect(files()).toEqual([]);
		await cache.put(ann, 'k', result('new'));
		expect(await cache.get(ann, 'k')).toEqual(result('new'));
	});

	it('takes a file that someone removed for absent', async () => {
		const cache = open();
		await cache.put(ann, 'k', result('tea'));
		rmSync(folder, { recursive: true });
		expect(await cache.get(ann, 'k')).toBeUndefined();
		mkdirSync(folder);
	});

	it('clears away what a crash left half written', () => {
		mkdirSync(join(folder, 'someone'));
		writeFileSync(join(folder, 'someone', '.writing-1'), 'torn');
		open();
		expect(files()).toEqual([]);
	});
});
