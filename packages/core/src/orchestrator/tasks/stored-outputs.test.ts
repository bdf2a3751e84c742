import { expect, test } from 'vitest';
import type { Output } from '../../domain/task/facts.ts';
import type { IArtifactStore } from '../../ports/artifact-store.ts';
import { StoredOutputs } from './stored-outputs.ts';

const text = JSON.stringify({ list: [1, 2, 3] });

function stored(id: string, bytes = text.length): Output {
	const artifact = { id, name: 'output.json', type: 'application/json', bytes };
	return { kind: 'artifact', artifact, preview: null, facets: {} };
}

/** Files by id, and how often each was read. */
function open(ids: readonly string[]) {
	const reads: string[] = [];
	const get = async (id: string) => {
		reads.push(id);
		return ids.includes(id) ? { content: new TextEncoder().encode(text) } : undefined;
	};
	return { outputs: new StoredOutputs({ get } as unknown as IArtifactStore), reads };
}

test('reads a file once for all who ask, also at the same time', async () => {
	const { outputs, reads } = open(['a']);
	const all = await Promise.all([outputs.valueOf(stored('a')), outputs.valueOf(stored('a'))]);
	expect([...all, await outputs.valueOf(stored('a'))]).toEqual(Array(3).fill({ list: [1, 2, 3] }));
	expect(reads).toEqual(['a']);
	expect(await outputs.valueOf({ kind: 'value', value: 7 })).toBe(7);
});

test('keeps no more than it may, and nothing after it was cleared', async () => {
	const { outputs, reads } = open(['a', 'b', 'c']);
	for (const id of ['a', 'b', 'c']) await outputs.valueOf(stored(id, 7_000_000));
	await outputs.valueOf(stored('a', 7_000_000));
	expect(reads).toEqual(['a', 'b', 'c', 'a']);
	outputs.clear();
	await outputs.valueOf(stored('a', 7_000_000));
	expect(reads).toHaveLength(5);
	await outputs.valueOf(stored('b', 99_000_000));
	await outputs.valueOf(stored('b', 99_000_000));
	expect(reads).toHaveLength(7);
});

test('says which file is gone, and looks again when asked again', async () => {
	const { outputs, reads } = open([]);
	for (let times = 0; times < 2; times++) {
		await expect(outputs.valueOf(stored('a'))).rejects.toMatchObject({ code: 'unknown-artifact' });
	}
	expect(reads).toEqual(['a', 'a']);
});
