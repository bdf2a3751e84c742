import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SystemClock } from '../../adapters/in-process/system-clock.ts';
import { SqliteMemoryIndex } from '../../adapters/sqlite/sqlite-memory-index.ts';
import { asPersonId } from '../../domain/ids.ts';
import type { IMemoryIndex } from '../../ports/memory.ts';
import { NOTES, QUESTIONS } from './fixture/notes-and-questions.ts';
import { LocalEmbedder } from './local-embedder.ts';

const ANN = asPersonId('ann');
const { signal } = new AbortController();
const log = { debug() {}, info() {}, warn() {}, error() {} };

let embedder: LocalEmbedder;
let index: SqliteMemoryIndex;

beforeAll(async () => {
	embedder = new LocalEmbedder({ clock: new SystemClock(), log });
	index = new SqliteMemoryIndex(':memory:');
	const vectors = await embedder.embed(NOTES, { signal });
	await index.put(
		NOTES.map((text, place) => ({
			entry: { id: String(place + 1), person: ANN, kind: 'fact' as const, text, origins: [], at: place },
			vector: vectors[place],
		})),
		embedder.name,
	);
});
afterAll(async () => {
	index.close();
	await embedder.stop();
});

/** The share of questions whose note is among the first three. */
async function recallAt3(ask: (text: string) => Promise<Parameters<IMemoryIndex['find']>[1]>): Promise<number> {
	let hits = 0;
	for (const { text, note } of QUESTIONS) {
		const found = await index.find(ANN, await ask(text));
		if (found.some(({ entry }) => entry.text.includes(note))) hits += 1;
	}
	return hits / QUESTIONS.length;
}

describe('the built-in embedding model', () => {
	it('makes vectors of 512 dimensions, of any text', async () => {
		const vectors = await embedder.embed(['-', '\u0000', '👩‍👩‍👧‍👦', '日本語', 'x'.repeat(600)], { signal });
		expect(vectors.map(({ length }) => length)).toEqual([512, 512, 512, 512, 512]);
		for (const vector of vectors) expect(Math.hypot(...vector)).toBeCloseTo(1, 3);
	});

	it('finds what was said in other words better than words alone do', async () => {
		const query = { embedder: embedder.name, limit: 3 };
		const vectors = await embedder.embed(
			QUESTIONS.map(({ text }) => text),
			{ signal },
		);
		const vectorOf = (asked: string) => vectors[QUESTIONS.findIndex(({ text }) => text === asked)];
		const words = await recallAt3(async (text) => ({ ...query, text }));
		const meaning = await recallAt3(async (text) => ({ ...query, text: '', vector: vectorOf(text) }));
		const both = await recallAt3(async (text) => ({ ...query, text, vector: vectorOf(text) }));
		console.info(
			`recall@3 of ${QUESTIONS.length} questions: words ${words.toFixed(2)}, meaning ${meaning.toFixed(2)}, both ${both.toFixed(2)}`,
		);
		expect(both).toBeGreaterThan(words + 0.1);
		expect(both).toBeGreaterThanOrEqual(0.8);
	});

	it('runs in a process of its own, which ends with nothing to do and starts again', async () => {
		const brief = new LocalEmbedder({ clock: new SystemClock(), log, idleMs: 50 });
		await brief.embed(['tea'], { signal });
		const { pid } = brief;
		expect(pid).not.toBe(process.pid);
		await expect.poll(() => brief.pid).toBeUndefined();
		await expect.poll(() => isThere(pid)).toBe(false);
		expect(await brief.embed(['tea'], { signal })).toHaveLength(1);
		await brief.stop();
		await expect(brief.embed(['tea'], { signal })).rejects.toMatchObject({ code: 'cancelled' });
	});

	it('says so when its process dies, and goes on in another', async () => {
		const killed = new LocalEmbedder({ clock: new SystemClock(), log });
		await killed.embed(['tea'], { signal });
		const asked = killed.embed(Array(40).fill('a sentence that takes a while to read'), { signal });
		process.kill(killed.pid ?? 0, 'SIGKILL');
		await expect(asked).rejects.toMatchObject({ code: 'model-unavailable' });
		expect(await killed.embed(['tea'], { signal })).toHaveLength(1);
		const given = new AbortController();
		const late = killed.embed(['coffee'], { signal: given.signal });
		given.abort();
		await expect(late).rejects.toMatchObject({ code: 'cancelled' });
		await killed.stop();
	});
});

function isThere(pid: number | undefined): boolean {
	try {
		return process.kill(pid ?? 0, 0);
	} catch {
		return false;
	}
}
