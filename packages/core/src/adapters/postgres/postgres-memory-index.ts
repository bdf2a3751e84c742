import type { ClientBase } from 'pg';
import { asPersonId, type PersonId } from '../../domain/ids.ts';
import { fuseRanks } from '../../domain/memory/fuse-ranks.ts';
import { packVector } from '../../domain/memory/packed-vector.ts';
import { SEARCH_LIMITS } from '../../domain/memory/search-limits.ts';
import { queryWords, searchText } from '../../domain/memory/search-words.ts';
import { VectorTable } from '../../domain/memory/vector-table.ts';
import type { FoundMemory, IMemoryIndex, MemoryEntry, MemoryStanding } from '../../ports/memory.ts';
import type { PostgresLine } from './postgres-line.ts';
import { storableText } from './storable-text.ts';

type Query = Parameters<IMemoryIndex['find']>[1];

interface MemoryRow {
	readonly id: string;
	readonly person: string;
	readonly kind: string;
	readonly text: string;
	readonly source: string | null;
	readonly origins: string;
	readonly at: number;
}

/** PostgresMemoryIndex is an index in the database that all processes share: words by `tsvector`, meaning by comparing a person's vectors here. */
export class PostgresMemoryIndex implements IMemoryIndex {
	readonly #line: PostgresLine;

	constructor(line: PostgresLine) {
		this.#line = line;
	}

	async put(
		entries: readonly { readonly entry: MemoryEntry; readonly vector?: Float32Array | undefined }[],
		embedder: string,
	): Promise<void> {
		await this.#line.transaction('put entries into the index of the memory', async (client) => {
			for (const { entry, vector } of entries) await put(client, entry, vector, embedder);
		});
	}

	async remove(person: PersonId, ids: readonly string[]): Promise<void> {
		await this.#line.transaction('remove entries from the index of the memory', async (client) => {
			for (const table of ['memories', 'memory_vectors']) {
				await client.query(`DELETE FROM errand.${table} WHERE person = $1 AND id = ANY ($2)`, [person, ids]);
			}
		});
	}

	async eraseOf(person: PersonId): Promise<void> {
		await this.#line.transaction('erase the index of a memory', async (client) => {
			for (const table of ['memories', 'memory_vectors', 'memory_standings']) {
				await client.query(`DELETE FROM errand.${table} WHERE person = $1`, [person]);
			}
		});
	}

	async find(person: PersonId, query: Query): Promise<readonly FoundMemory[]> {
		const rankings = await Promise.all([this.#byWords(person, query), this.#byMeaning(person, query)]);
		const best = fuseRanks(rankings, Math.min(query.limit, SEARCH_LIMITS.found));
		const rows = await this.#line.query<MemoryRow>('read what was found in the memory', {
			text: 'SELECT * FROM errand.memories WHERE person = $1 AND id = ANY ($2)',
			values: [person, best.map(({ id }) => id)],
		});
		const byId = new Map(rows.map((row) => [row.id, row]));
		return best.flatMap(({ id, score }) => {
			const row = byId.get(id);
			return row === undefined ? [] : [{ entry: entryOf(row), score }];
		});
	}

	async standing(person: PersonId): Promise<MemoryStanding | undefined> {
		const [row] = await this.#line.query<{ through: number; embedder: string }>('read how far the memory is indexed', {
			text: 'SELECT through, embedder FROM errand.memory_standings WHERE person = $1',
			values: [person],
		});
		return row && { through: row.through, embedder: row.embedder };
	}

	async stand(person: PersonId, { through, embedder }: MemoryStanding): Promise<void> {
		await this.#line.query('note how far the memory is indexed', {
			text: `
				INSERT INTO errand.memory_standings (person, through, embedder) VALUES ($1, $2, $3)
				ON CONFLICT (person) DO UPDATE SET through = excluded.through, embedder = excluded.embedder`,
			values: [person, through, embedder],
		});
	}

	async #byWords(person: PersonId, { text, kinds }: Query): Promise<string[]> {
		const words = queryWords(text);
		if (words.length === 0) return [];
		const rows = await this.#line.query<{ id: string }>('search the memory by words', {
			text: `
				SELECT id FROM errand.memories, to_tsquery('english', $2) AS asked
				WHERE person = $1 AND words @@ asked AND ($3::text[] IS NULL OR kind = ANY ($3))
				ORDER BY ts_rank(words, asked, 1) DESC, at DESC, id LIMIT ${SEARCH_LIMITS.candidates}`,
			// Words hold letters and digits only, so nothing in them ends the quotes.
			values: [person, words.map((word) => `'${word}'`).join(' | '), kinds ?? null],
		});
		return rows.map(({ id }) => id);
	}

	async #byMeaning(person: PersonId, { vector, embedder, kinds }: Query): Promise<string[]> {
		if (vector === undefined) return [];
		const rows = await this.#line.query<{ id: string; kind: string; vector: Buffer }>('search the memory by meaning', {
			text: `
				SELECT id, kind, vector FROM errand.memory_vectors
				WHERE person = $1 AND embedder = $2 AND ($3::text[] IS NULL OR kind = ANY ($3))`,
			values: [person, embedder, kinds ?? null],
		});
		const table = new VectorTable();
		for (const { id, kind, vector: bytes } of rows) {
			table.add(id, kind, new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
		}
		return table.best(packVector(vector), SEARCH_LIMITS.candidates, undefined);
	}
}

async function put(
	client: ClientBase,
	{ person, id, kind, text, source, origins, at }: MemoryEntry,
	vector: Float32Array | undefined,
	embedder: string,
): Promise<void> {
	await client.query(
		`INSERT INTO errand.memories (person, id, kind, text, source, origins, at, words)
		VALUES ($1, $2, $3, $4, $5, $6, $7, to_tsvector('english', $8))
		ON CONFLICT (person, id) DO UPDATE SET kind = excluded.kind, text = excluded.text, source = excluded.source,
			origins = excluded.origins, at = excluded.at, words = excluded.words`,
		[person, id, kind, storableText(text), source ?? null, JSON.stringify(origins), at, searchText(text)],
	);
	await client.query('DELETE FROM errand.memory_vectors WHERE person = $1 AND id = $2', [person, id]);
	if (vector === undefined) return;
	await client.query(
		'INSERT INTO errand.memory_vectors (person, embedder, id, kind, vector) VALUES ($1, $2, $3, $4, $5)',
		[person, embedder, id, kind, Buffer.from(packVector(vector).buffer)],
	);
}

function entryOf({ id, person, kind, text, source, origins, at }: MemoryRow): MemoryEntry {
	return {
		id,
		person: asPersonId(person),
		kind: kind === 'fact' ? 'fact' : 'result',
		text,
		...(source === null ? {} : { source }),
		origins: JSON.parse(origins) as string[],
		at,
	};
}
