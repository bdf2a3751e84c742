import { closeSync, openSync, rmSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { LRUCache } from 'lru-cache';
import { isCoreError } from '../../domain/errors.ts';
import type { PersonId } from '../../domain/ids.ts';
import { packVector } from '../../domain/memory/packed-vector.ts';
import { SEARCH_LIMITS } from '../../domain/memory/search-limits.ts';
import { queryWords, searchText } from '../../domain/memory/search-words.ts';
import { VectorTable } from '../../domain/memory/vector-table.ts';
import type { IMemoryIndex, MemoryEntry } from '../../ports/memory.ts';
import { numberOf, textOf } from './row-values.ts';
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

/** MemoryIndexFile is the open file of an index of memories, with its statements; what it changes belongs into a transaction. */
export class MemoryIndexFile {
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

	/** Puts one entry; one with its id is replaced. */
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

	/** Ids of entries, those that fit the words of the query best first. */
	byWords(person: PersonId, { text, kinds }: Parameters<IMemoryIndex['find']>[1]): string[] {
		const words = queryWords(text);
		if (words.length === 0) return [];
		const parts = [`person : ${tokenOf(person)}`, `text : (${words.map(quoted).join(' OR ')})`];
		if (kinds !== undefined) parts.push(`kind : (${kinds.map(quoted).join(' OR ')})`);
		if (kinds?.length === 0) return [];
		return this.#search.all(parts.join(' AND '), person).map((row) => textOf(row, 'id'));
	}

	/** Ids of entries, those nearest to the query's vector first. */
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

/** openMemoryIndex opens the file, or makes it anew where it is damaged or of another layout. Throws errors of SQLite. */
export function openMemoryIndex(path: string): MemoryIndexFile {
	try {
		return prepare(path);
	} catch (error) {
		if (!isCoreError(translateSqliteError(error, 'open the index of the memory'), 'store-corrupt')) throw error;
		removeFiles(path);
		return prepare(path);
	}
}

/** `secure_delete` overwrites what is removed, so that no forgotten word stays behind in free pages. */
function prepare(path: string): MemoryIndexFile {
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
		return new MemoryIndexFile(db);
	} catch (error) {
		if (db.isOpen) db.close();
		throw error;
	}
}

/** removeFiles removes a database with its log. */
export function removeFiles(path: string): void {
	for (const end of ['', '-wal', '-shm']) rmSync(`${path}${end}`, { force: true });
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
