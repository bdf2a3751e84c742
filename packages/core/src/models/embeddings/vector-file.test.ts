import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { BareEmbedder } from './bare-embedder.ts';
import { CachedEmbedder } from './cached-embedder.ts';
import { VectorFile } from './vector-file.ts';

const dir = mkdtempSync(join(tmpdir(), 'errand-vectors-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const log = { debug() {}, info() {}, warn() {}, error() {} };
const { signal } = new AbortController();
const key = (n: number) => n.toString(16).padStart(32, '0');
const vector = (n: number, dimensions = 512) => Float32Array.from({ length: dimensions }, (_, i) => Math.sin(n + i));
let files = 0;
const newPath = () => join(dir, `${++files}.cache`);

/** Counts letters, and what it is asked. */
class Counting implements BareEmbedder {
	readonly name = 'test/counting';
	readonly maxCharacters = 10;
	readonly asked: string[] = [];

	async embed(texts: readonly string[]): Promise<Float32Array[]> {
		this.asked.push(...texts);
		return texts.map((text) => Float32Array.of(text.length, text.charCodeAt(0)));
	}

	async stop(): Promise<void> {
		// Nothing was started.
	}
}

describe('a file of vectors', () => {
	it('gives them back to the bit after a start, of any size', async () => {
		const path = newPath();
		const first = new VectorFile({ path, log });
		for (const n of [1, 2, 3]) await first.put(key(n), vector(n, n * 700));
		await first.close();
		const again = new VectorFile({ path, log });
		for (const n of [1, 2, 3]) expect(await again.get(key(n))).toEqual(vector(n, n * 700));
		expect(await again.get(key(4))).toBeUndefined();
		await again.put(key(4), vector(4));
		expect([await again.get(key(1)), await again.get(key(4))]).toEqual([vector(1, 700), vector(4)]);
		await again.close();
	});

	it('takes no more of the disk than it may, and lets the oldest go', async () => {
		const path = newPath();
		const file = new VectorFile({ path, log, maxBytes: 10 * 2_304 });
		for (let n = 0; n < 35; n++) await file.put(key(n), vector(n));
		await file.close();
		expect(statSync(path).size).toBeLessThanOrEqual(23_040);
		const again = new VectorFile({ path, log, maxBytes: 23_040 });
		expect(await again.get(key(34))).toEqual(vector(34));
		expect(await again.get(key(0))).toBeUndefined();
		await again.close();
	});

	it('holds nothing that was forgotten, and trusts no record that is damaged', async () => {
		const path = newPath();
		const file = new VectorFile({ path, log });
		await file.put(key(1), vector(1));
		await file.put(key(2), vector(2));
		await file.delete(key(1));
		await file.close();
		const bytes = readFileSync(path);
		expect(bytes.includes(Buffer.from(vector(1).buffer))).toBe(false);
		expect(bytes.includes(Buffer.from(vector(2).buffer))).toBe(true);
		bytes[3_000] = (bytes[3_000] ?? 0) ^ 1;
		writeFileSync(path, bytes);
		const damaged = new VectorFile({ path, log });
		expect(await damaged.get(key(2))).toBeUndefined();
		await damaged.close();
		truncateSync(path, 2_500);
		const short = new VectorFile({ path, log });
		expect(await short.get(key(2))).toBeUndefined();
		await short.clear();
		expect(() => statSync(path)).toThrow('ENOENT');
	});

	it('keeps nothing where it cannot, and says so instead of failing', async () => {
		const warned: string[] = [];
		const file = new VectorFile({
			path: join(dir, 'no', 'folder'),
			log: { ...log, warn: (words) => warned.push(words) },
		});
		await file.put(key(1), vector(1));
		expect(await file.get(key(1))).toBeUndefined();
		expect(warned).toContain('vectors not kept');
	});
});

describe('an embedder that keeps vectors', () => {
	it('asks for each text once, for what is seen of it, and for none that was kept', async () => {
		const path = newPath();
		const bare = new Counting();
		const first = new CachedEmbedder(bare, new VectorFile({ path, log }));
		const texts = ['tea', 'tea', ' tea \n', 'a very long text indeed', 'a very lon', '', '\uD800'];
		const vectors = await first.embed(texts, { signal });
		expect(bare.asked).toEqual(['tea', 'a very lon', '-', '�']);
		expect(vectors.map(([length]) => length)).toEqual([3, 3, 3, 10, 10, 1, 1]);
		await first.stop();
		const second = new CachedEmbedder(new Counting(), new VectorFile({ path, log }));
		expect(await second.embed(['tea'], { signal })).toEqual([vectors[0]]);
		await second.stop();
		expect(bare.asked).toHaveLength(4);
	});

	it('writes no passing text to the disk, and forgets what it is told to', async () => {
		const path = newPath();
		const first = new CachedEmbedder(new Counting(), new VectorFile({ path, log }));
		await first.embed(['a question'], { signal, passing: true });
		await first.embed(['one', 'two'], { signal });
		await first.forget(['one']);
		await first.stop();
		const bare = new Counting();
		const second = new CachedEmbedder(bare, new VectorFile({ path, log }));
		await second.embed(['a question', 'one', 'two'], { signal });
		expect(bare.asked).toEqual(['a question', 'one']);
		await second.forget();
		await second.embed(['two'], { signal });
		expect(bare.asked).toEqual(['a question', 'one', 'two']);
		await second.stop();
	});
});
