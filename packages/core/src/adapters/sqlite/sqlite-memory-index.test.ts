import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { asPersonId } from '../../domain/ids.ts';
import { memoryIndexContract } from '../../testing/memory-index.contract.ts';
import { SqliteMemoryIndex } from './sqlite-memory-index.ts';

const ANN = asPersonId('ann');
const dir = mkdtempSync(join(tmpdir(), 'errand-memory-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const corpora = process.env['ERRAND_CORPORA_DIR'];
const naughty: string[] = corpora === undefined ? [] : JSON.parse(readFileSync(join(corpora, 'blns.json'), 'utf8'));

memoryIndexContract(
	'SQLite',
	async () => {
		const index = new SqliteMemoryIndex(':memory:');
		return { index, close: () => index.close() };
	},
	naughty,
);

const entry = (id: string, text: string) => ({
	entry: { id, person: ANN, kind: 'fact', text, origins: [], at: 1 } as const,
	vector: Float32Array.of(1, 0),
});
const find = (index: SqliteMemoryIndex, text: string) => index.find(ANN, { text, embedder: 'e', limit: 5 });

describe('an index in a file', () => {
	it('is there after a start', async () => {
		const path = join(dir, 'kept.db');
		const first = new SqliteMemoryIndex(path);
		await first.put([entry('1', 'green tea')], 'e');
		await first.stand(ANN, { through: 1, embedder: 'e' });
		first.close();
		first.close();
		await expect(find(first, 'tea')).rejects.toMatchObject({ code: 'internal' });
		const again = new SqliteMemoryIndex(path);
		expect(await find(again, 'tea')).toMatchObject([{ entry: { id: '1' } }]);
		again.close();
	});

	it.each(['no database at all', 'SQLite format 3\0 and then nothing of it'])(
		'begins anew where there is %s',
		async (bytes) => {
			const path = join(dir, `damaged-${bytes.length}.db`);
			writeFileSync(path, bytes);
			const index = new SqliteMemoryIndex(path);
			expect(await index.standing(ANN)).toBeUndefined();
			await index.put([entry('1', 'green tea')], 'e');
			expect(await find(index, 'tea')).toHaveLength(1);
			index.close();
		},
	);

	it('holds no word of what was forgotten, in no file', async () => {
		const path = join(dir, 'forgotten.db');
		const index = new SqliteMemoryIndex(path);
		await index.put([entry('1', 'the xylophone is hidden in the cellar'), entry('2', 'ordinary words')], 'e');
		await index.put([entry('3', 'a xylophone for Zebulon')], 'e');
		await index.remove(ANN, ['1']);
		await index.eraseOf(ANN);
		index.close();
		const bytes = readFileSync(path).toString('latin1');
		for (const word of ['xylophon', 'cellar', 'zebulon', 'Zebulon', 'ordinari']) expect(bytes).not.toContain(word);
	});
});
