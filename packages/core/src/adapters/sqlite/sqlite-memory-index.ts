import { closeSync, openSync, rmSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { LRUCache } from 'lru-cache';
import { isCoreError } from '../../domain/errors.ts';
import { asPersonId, type PersonId } from '../../domain/ids.ts';
import { fuseRanks } from '../../domain/memory/fuse-ranks.ts';
import { packVector } from '../../domain/memory/packed-vector.ts';
import { SEARCH_LIMITS } from '../../domain/memory/search-limits.ts';
import { queryWords, searchText } from '../../domain/memory/search-words.ts';
import { VectorTable } from '../../domain/memory/vector-table.ts';
import type { FoundMemory, IMemoryIndex, MemoryEntry, MemoryStanding } from '../../ports/memory.ts';
import type { Row } from './row-values.ts';
import { numberOf, optionalText, textOf } from './row-values.ts';
import { translateSqliteError } from './sqlite-errors.ts';

/** Vectors held for the next search: of a few people, for a while. */
const TABLES_BYTES = 16 * 1_024 * 1_024;
const TABLES_MS = 300_000;

/** Another number makes every file of an older layout be built anew. */
const LAYOUT = 1;

const TABLES = `
	CREATE TABLE entries (
		number INTEGER PRIMARY KEY,
		person TEXT NOT NULL,
		id TEXT NOT NULL,
		kind TEXT NOT NULL,
		text TEXT NOT NULL,
		source TEXT,
		origins TEXT NOT NULL,
		at INTEGER NOT NULL,
		UNIQUE (person, id)
	) STRICT;
	CREATE TABLE vectors (
		person TEXT NOT NULL,
		embedder TEXT NOT NULL,
		id TEXT NOT NULL,
		kind TEXT NOT NULL,
		vector BLOB NOT NULL,
		PRIMARY KEY (person, embedder, id)
	) STRICT, WITHOUT ROWID;
	CREATE TABLE standings (person TEXT PRIMARY KEY, through INTEGER NOT NULL, embedder TEXT NOT NULL) STRICT;
	CREATE VIRTUAL TABLE words USING fts5 (person, kind, text, tokenize = 'porter unicode61 remove_diacritics 2');
	INSERT INTO words (words, rank) VALUES ('secure-delete', 1);
	PRAGMA user_version = ${LAYOUT};
`;

/**
 * SqliteMemoryIndex is an index in a file of its own, opened when it is first used. A file that is damaged or of another
 * layout is thrown away: whoever finds nothing standing in it builds it again.
 */
export class SqliteMemoryIndex implements IMemoryIndex {
	readonly #path: string;
	#opened: Opened | undefined;
	#closed = false;

	/** `:memory:` for an index that ends with the process. */
	constructor(path: string) {
		this.#path = path;
	}

	async put(
		entries: readonly { readonly entry: MemoryEntry; readonly vector?: Float32Array | undefined }[],
		embedder: string,
	): Promise<void> {
		this.#change('put entries into the index of the memory', (opened) => {
			for (const { entry, vector } of entries) opened.put(entry, vector, embedder);
		});
	}

	async remove(person: PersonId, ids: readonly string[]): Promise<void> {
		this.#change('remove entries from the index of the memory', (opened) => {
			for (const id of ids) opened.remove(person, id);
		});
		this.#emptyLog();
	}

	async eraseOf(person: PersonId): Promise<void> {
		this.#change('erase the index of a memory', (opened) => {
			for (const row of opened.idsOf.all(person)) opened.remove(person, textOf(row, 'id'));
			opened.unstand.run(person);
		});
		this.#emptyLog();
	}

	async find(person: PersonId, query: Parameters<IMemoryIndex['find']>[1]): Promise<readonly FoundMemory[]> {
		const limit = Math.min(query.limit, SEARCH_LIMITS.found);
		return this.#ask('search the memory', (opened) => {
			const rankings = [opened.byWords(person, query), opened.byMeaning(person, query)];
			return fuseRanks(rankings, limit).flatMap(({ id, score }) => {
				const row = opened.one.get(person, id);
				return row === undefined ? [] : [{ entry: entryOf(row), score }];
			});
		});
	}

	async standing(person: PersonId): Promise<MemoryStanding | undefined> {
		return this.#ask('read how far the memory is indexed', ({ standing }) => {
			const row = standing.get(person);
			return row && { through: numberOf(row, 'through'), embedder: textOf(row, 'embedder') };
		});
	}

	async stand(person: PersonId, { through, embedder }: MemoryStanding): Promise<void> {
		this.#change('note how far the memory is indexed', ({ stand }) => stand.run(person, through, embedder));
	}

	/** A second call does nothing; what is asked afterwards is refused. */
	close(): void {
		this.#closed = true;
		this.#opened?.db.close();
		this.#opened = undefined;
	}

	#ask<Result>(attempted: string, work: (opened: Opened) => Result): Result {
		try {
			if (this.#closed) throw new Error('the index was closed');
			this.#opened ??= openIndex(this.#path);
			return work(this.#opened);
		} catch (error) {
			const translated = translateSqliteError(error, attempted);
			if (isCoreError(translated, 'store-corrupt')) this.#throwAway();
			throw translated;
		}
	}

	#change(attempted: string, work: (opened: Opened) => void): void {
		this.#ask(attempted, (opened) => {
			opened.db.exec('BEGIN IMMEDIATE');
			try {
				work(opened);
				opened.db.exec('COMMIT');
			} catch (error) {
				if (opened.db.isTransaction) opened.db.exec('ROLLBACK');
				throw error;
			}
		});
	}

	/** The write-ahead log still holds the pages as they were. */
	#emptyLog(): void {
		this.#ask('empty the log of the memory’s index', ({ db }) => db.exec('PRAGMA wal_checkpoint(TRUNCATE)'));
	}

	#throwAway(): void {
		this.#opened?.db.close();
		this.#opened = undefined;
		removeFiles(this.#path);
	}
}

/** An open file with its statements. */
class Opened {
	readonly db: DatabaseSync;
	readonly one: StatementSync;
	readonly idsOf: StatementSync;
	readonly standing: StatementSync;
	readonly stand: StatementSync;
	readonly unstand: StatementSync;
	readonly #tables = new LRUCache<PersonId, { readonly embedder: string; readonly table: VectorTable }>({
		maxSize: TABLES_BYTES,
		sizeCalculation: ({ table }) => table.size,
		ttl: TABLES_MS,
	});
	readonly #insert: StatementSync;
	readonly #insertWords: StatementSync;
	readonly #insertVector: StatementSync;
	readonly #number: StatementSync;
	readonly #deletes: readonly StatementSync[];
	readonly #deleteWords: StatementSync;
	readonly #search: StatementSync;
	readonly #vectors: StatementSync;

	constructor(db: DatabaseSync) {
		this.db = db;
		this.one = db.prepare('SELECT * FROM entries WHERE person = ? AND id = ?');
		this.idsOf = db.prepare('SELECT id FROM entries WHERE person = ?');
		this.standing = db.prepare('SELECT through, embedder FROM standings WHERE person = ?');
		this.stand = db.prepare('INSERT OR REPLACE INTO standings (person, through, embedder) VALUES (?, ?, ?)');
		this.unstand = db.prepare('DELETE FROM standings WHERE person = ?');
		this.#insert = db.prepare(
			'INSERT INTO entries (person, id, kind, text, source, origins, at) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING number',
		);
		this.#insertWords = db.prepare('INSERT INTO words (rowid, person, kind, text) VALUES (?, ?, ?, ?)');
		this.#insertVector = db.prepare('INSERT INTO vectors (person, embedder, id, kind, vector) VALUES (?, ?, ?, ?, ?)');
		this.#number = db.prepare('SELECT number FROM entries WHERE person = ? AND id = ?');
		this.#deletes = ['entries', 'vectors'].map((table) =>
			db.prepare(`DELETE FROM ${table} WHERE person = ? AND id = ?`),
		);
		this.#deleteWords = db.prepare('DELETE FROM words WHERE rowid = ?');
		this.#search = db.prepare(`
			SELECT entries.id FROM words JOIN entries ON entries.number = words.rowid
			WHERE words MATCH ?1 AND entries.person = ?2
			ORDER BY bm25(words, 0, 0, 1), entries.number DESC LIMIT ${SEARCH_LIMITS.candidates}`);
		this.#vectors = db.prepare('SELECT id, kind, vector FROM vectors WHERE person = ? AND embedder = ?');
	}

	put(entry: MemoryEntry, vector: Float32Array | undefined, embedder: string): void {
		const { person, id, kind, text, source = null, origins, at } = entry;
		this.remove(person, id);
		const row = this.#insert.get(person, id, kind, text, source, JSON.stringify(origins), at) ?? {};
		this.#insertWords.run(numberOf(row, 'number'), tokenOf(person), kind, searchText(text));
		if (vector === undefined) return;
		const packed = packVector(vector);
		this.#insertVector.run(person, embedder, id, kind, new Uint8Array(packed.buffer));
	}

	remove(person: PersonId, id: string): void {
		this.#tables.delete(person);
		const row = this.#number.get(person, id);
		if (row === undefined) return;
		this.#deleteWords.run(numberOf(row, 'number'));
		for (const statement of this.#deletes) statement.run(person, id);
	}

	byWords(person: PersonId, { text, kinds }: Parameters<IMemoryIndex['find']>[1]): string[] {
		const words = queryWords(text);
		if (words.length === 0) return [];
		const parts = [`person : ${tokenOf(person)}`, `text : (${words.map(quoted).join(' OR ')})`];
		if (kinds !== undefined) parts.push(`kind : (${kinds.map(quoted).join(' OR ')})`);
		if (kinds?.length === 0) return [];
		return this.#search.all(parts.join(' AND '), person).map((row) => textOf(row, 'id'));
	}

	byMeaning(person: PersonId, { vector, embedder, kinds }: Parameters<IMemoryIndex['find']>[1]): string[] {
		if (vector === undefined) return [];
		return this.#tableOf(person, embedder).best(packVector(vector), SEARCH_LIMITS.candidates, kinds);
	}

	/** Read once, and again after a change: that takes longer than to compare. */
	#tableOf(person: PersonId, embedder: string): VectorTable {
		const known = this.#tables.get(person);
		if (known?.embedder === embedder) return known.table;
		const table = new VectorTable();
		for (const row of this.#vectors.iterate(person, embedder)) {
			const { vector } = row;
			if (vector instanceof Uint8Array) table.add(textOf(row, 'id'), textOf(row, 'kind'), asSigned(vector));
		}
		this.#tables.set(person, { embedder, table });
		return table;
	}
}

function openIndex(path: string): Opened {
	try {
		return prepare(path);
	} catch (error) {
		if (!isCoreError(translateSqliteError(error, 'open the index of the memory'), 'store-corrupt')) throw error;
		removeFiles(path);
		return prepare(path);
	}
}

/** `secure_delete` overwrites what is removed, so that no forgotten word stays behind in free pages. */
function prepare(path: string): Opened {
	if (path !== ':memory:') closeSync(openSync(path, 'a', 0o600));
	let db = new DatabaseSync(path, { timeout: 1_000 });
	try {
		const layout = db.prepare('PRAGMA user_version').get()?.['user_version'];
		if (layout !== LAYOUT && layout !== 0) {
			db.close();
			removeFiles(path);
			closeSync(openSync(path, 'a', 0o600));
			db = new DatabaseSync(path, { timeout: 1_000 });
		}
		db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON');
		if (layout !== LAYOUT) db.exec(`BEGIN IMMEDIATE; ${TABLES} COMMIT`);
		return new Opened(db);
	} catch (error) {
		if (db.isOpen) db.close();
		throw error;
	}
}

function removeFiles(path: string): void {
	for (const end of ['', '-wal', '-shm']) rmSync(`${path}${end}`, { force: true });
}

function entryOf(row: Row): MemoryEntry {
	const source = optionalText(row, 'source');
	return {
		id: textOf(row, 'id'),
		person: asPersonId(textOf(row, 'person')),
		kind: textOf(row, 'kind') === 'fact' ? 'fact' : 'result',
		text: textOf(row, 'text'),
		...(source === undefined ? {} : { source }),
		origins: JSON.parse(textOf(row, 'origins')) as string[],
		at: numberOf(row, 'at'),
	};
}

/** A person's id as one word, whatever signs are in it. */
function tokenOf(person: PersonId): string {
	return `p${Buffer.from(person).toString('hex')}`;
}

/** Words hold letters and digits only, so nothing in them ends the quotes. */
function quoted(word: string): string {
	return `"${word}"`;
}

function asSigned(bytes: Uint8Array): Int8Array {
	return new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
