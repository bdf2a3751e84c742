import { isCoreError } from '../../domain/errors.ts';
import { asPersonId, type PersonId } from '../../domain/ids.ts';
import { fuseRanks } from '../../domain/memory/fuse-ranks.ts';
import { SEARCH_LIMITS } from '../../domain/memory/search-limits.ts';
import type { FoundMemory, IMemoryIndex, MemoryEntry, MemoryStanding } from '../../ports/memory.ts';
import { type MemoryIndexFile, openMemoryIndex, removeFiles } from './memory-index-file.ts';
import type { Row } from './row-values.ts';
import { numberOf, optionalText, textOf } from './row-values.ts';
import { translateSqliteError } from './sqlite-errors.ts';

/**
 * SqliteMemoryIndex is an index in a file of its own, opened when it is first used. A file that is damaged or of another
 * layout is thrown away: whoever finds nothing standing in it builds it again.
 */
export class SqliteMemoryIndex implements IMemoryIndex {
	readonly #path: string;
	#opened: MemoryIndexFile | undefined;
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

	#ask<Result>(attempted: string, work: (opened: MemoryIndexFile) => Result): Result {
		try {
			if (this.#closed) throw new Error('the index was closed');
			this.#opened ??= openMemoryIndex(this.#path);
			return work(this.#opened);
		} catch (error) {
			const translated = translateSqliteError(error, attempted);
			if (isCoreError(translated, 'store-corrupt')) this.#throwAway();
			throw translated;
		}
	}

	#change(attempted: string, work: (opened: MemoryIndexFile) => void): void {
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
