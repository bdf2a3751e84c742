import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asArtifactId, asPersonId, asTaskId } from '../domain/ids.ts';
import type { IArtifactStore } from '../ports/artifact-store.ts';

interface Opened {
	readonly store: IArtifactStore;
	close(): Promise<void>;
}

/** artifactStoreContract is what every IArtifactStore does; `setup` opens an empty one. */
export function artifactStoreContract(name: string, setup: () => Promise<Opened>): void {
	describe(`${name} as an artifact store`, () => {
		let opened: Opened;
		let store: IArtifactStore;
		beforeEach(async () => {
			opened = await setup();
			store = opened.store;
		});
		afterEach(() => opened.close());

		const ann = { person: asPersonId('ann'), task: asTaskId('t1') };
		const file = (over: Partial<Parameters<IArtifactStore['put']>[0]> = {}) => ({
			name: 'report.md',
			type: 'text/markdown',
			content: Buffer.from('# Tea'),
			owner: ann,
			...over,
		});

		it('gives back what was put, whose it is, and how large', async () => {
			const ref = await store.put(file());
			expect(ref).toMatchObject({ name: 'report.md', type: 'text/markdown', bytes: 5 });
			const id = asArtifactId(ref.id);
			const got = await store.get(id);
			expect({ ...got, content: Buffer.from(got?.content ?? []).toString() }).toEqual({
				ref,
				owner: ann,
				content: '# Tea',
			});
			expect(await store.stat(id)).toMatchObject({ ref, owner: ann, path: expect.any(String) });
		});

		it('keeps any bytes, and none', async () => {
			const content = Uint8Array.from({ length: 70_000 }, (_, index) => (index * 7) % 256);
			for (const bytes of [content, new Uint8Array()]) {
				const ref = await store.put(file({ content: bytes }));
				const got = await store.get(asArtifactId(ref.id));
				expect(Buffer.from(bytes).equals(got?.content ?? Buffer.from('?'))).toBe(true);
			}
		});

		it('keeps the owner of a file that belongs to no task', async () => {
			const ref = await store.put(file({ owner: { person: ann.person } }));
			expect((await store.stat(asArtifactId(ref.id)))?.owner).toEqual({ person: ann.person });
		});

		it('gives the same id to the same file put again, also at the same time', async () => {
			const refs = await Promise.all([store.put(file()), store.put(file()), store.put(file())]);
			refs.push(await store.put(file()));
			expect(new Set(refs.map((ref) => ref.id)).size).toBe(1);
			expect((await store.get(asArtifactId(refs[0]?.id ?? '')))?.ref).toEqual(refs[0]);
		});

		it('keeps files apart that differ in content, owner, task, name or type', async () => {
			const refs = await Promise.all([
				store.put(file()),
				store.put(file({ content: Buffer.from('# Cake') })),
				store.put(file({ owner: { ...ann, person: asPersonId('bob') } })),
				store.put(file({ owner: { ...ann, task: asTaskId('t2') } })),
				store.put(file({ name: 'other.md' })),
				store.put(file({ type: 'text/plain' })),
			]);
			expect(new Set(refs.map((ref) => ref.id)).size).toBe(6);
		});

		it('gives files names that are safe to show and to save under', async () => {
			expect((await store.put(file({ name: '../../etc/\u0000passwd' }))).name).toBe('passwd');
			expect((await store.put(file({ name: '///' }))).name).toBe('file');
		});

		it.each(['nothing', '', '../../../../etc/passwd', '0'.repeat(48)])('knows no file "%s"', async (id) => {
			await store.put(file());
			expect(await store.get(asArtifactId(id))).toBeUndefined();
			expect(await store.stat(asArtifactId(id))).toBeUndefined();
		});

		it('forgets every file of a person, and only theirs', async () => {
			const mine = await store.put(file());
			const theirs = await store.put(file({ owner: { person: asPersonId('bob') } }));
			await store.eraseOf(ann.person);
			await store.eraseOf(asPersonId('stranger'));
			expect(await store.get(asArtifactId(mine.id))).toBeUndefined();
			expect(await store.get(asArtifactId(theirs.id))).toBeDefined();
			expect(await store.put(file())).toEqual(mine);
			expect(await store.get(asArtifactId(mine.id))).toBeDefined();
		});
	});
}
