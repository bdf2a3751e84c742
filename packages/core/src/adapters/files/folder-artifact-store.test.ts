import {
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	truncateSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { asArtifactId, asPersonId } from '../../domain/ids.ts';
import { artifactStoreContract } from '../../testing/artifact-store.contract.ts';
import { FolderArtifactStore } from './folder-artifact-store.ts';

const root = mkdtempSync(join(tmpdir(), 'errand-artifacts-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const newFolder = () => mkdtempSync(join(root, 'store-'));

artifactStoreContract('A folder', async () => ({
	store: new FolderArtifactStore(join(newFolder(), 'artifacts')),
	close: async () => undefined,
}));

describe('FolderArtifactStore', () => {
	let folder: string;
	let store: FolderArtifactStore;
	beforeEach(() => {
		folder = newFolder();
		store = new FolderArtifactStore(folder);
	});

	const ann = asPersonId('ann');
	const put = (text: string, name = 'a.txt') =>
		store.put({ name, type: 'text/plain', content: Buffer.from(text), owner: { person: ann } });
	const pathOf = async (id: string) => (await store.stat(asArtifactId(id)))?.path ?? '';
	const age = (path: string) => utimesSync(path, 1, 1);
	const ageAll = () => {
		for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
			if (entry.isFile()) age(join(entry.parentPath, entry.name));
		}
	};

	it('says where the bytes are, so that a download can stream them; only their owner can read them', async () => {
		const path = await pathOf((await put('tea')).id);
		expect(readFileSync(path, 'utf8')).toBe('tea');
		expect(statSync(path).mode & 0o077).toBe(0);
	});

	it('finds files again after it was opened anew', async () => {
		const ref = await put('tea');
		const again = new FolderArtifactStore(folder);
		expect((await again.get(asArtifactId(ref.id)))?.ref).toEqual(ref);
	});

	it('refuses to give out a file that was damaged on disk', async () => {
		const ref = await put('tea time');
		writeFileSync(await pathOf(ref.id), 'tea lime');
		await expect(store.get(asArtifactId(ref.id))).rejects.toMatchObject({ code: 'store-corrupt' });
		truncateSync(await pathOf(ref.id), 3);
		await expect(store.stat(asArtifactId(ref.id))).rejects.toMatchObject({ code: 'store-corrupt' });
	});

	it('mends a damaged file when it is put again', async () => {
		const ref = await put('tea time');
		truncateSync(await pathOf(ref.id), 3);
		expect(await put('tea time')).toEqual(ref);
		expect((await store.get(asArtifactId(ref.id)))?.ref).toEqual(ref);
	});

	it('collects old files that nothing refers to, and what a crash left half written', async () => {
		const kept = await put('kept');
		const orphan = await put('orphan');
		const personFolder = dirname(await pathOf(kept.id));
		writeFileSync(join(personFolder, '.writing-1'), 'torn');
		writeFileSync(join(personFolder, 'f'.repeat(32)), 'content without description');
		ageAll();
		const young = await put('young');
		expect(await store.collectOrphans(Date.now() - 60_000, async (id) => id === kept.id)).toBe(1);
		expect(await store.get(asArtifactId(orphan.id))).toBeUndefined();
		expect(await store.get(asArtifactId(kept.id))).toBeDefined();
		expect(await store.get(asArtifactId(young.id))).toBeDefined();
		expect(readdirSync(personFolder)).toHaveLength(4);
	});

	it('does not collect an old file that is put again in between', async () => {
		const ref = await put('tea');
		ageAll();
		const collected = await store.collectOrphans(Date.now() - 60_000, async () => {
			await put('tea');
			return false;
		});
		expect(collected).toBe(0);
		expect(await store.get(asArtifactId(ref.id))).toBeDefined();
	});

	it('leaves a damaged file for a person to look at', async () => {
		const ref = await put('tea time');
		const path = await pathOf(ref.id);
		truncateSync(path, 3);
		ageAll();
		expect(await store.collectOrphans(Date.now(), async () => false)).toBe(0);
		expect(readFileSync(path, 'utf8')).toBe('tea');
	});
});
