import type { DatabaseSync } from 'node:sqlite';
import type { IHistorySigner } from '../../ports/history-signer.ts';
import type { CopiedAppend, CopiedStream, IHistorySource, IHistoryTarget } from '../history/history-copy.ts';
import { openDatabase } from './open-database.ts';
import { numberOf, optionalText, type Row, textOf } from './row-values.ts';
import { SealChain } from './seal-chain.ts';

/** SqliteCopy reads or fills a history file row by row, without going through appends. Nobody else may have the file open. */
export class SqliteCopy implements IHistorySource, IHistoryTarget {
	readonly #db: DatabaseSync;
	readonly #seals: SealChain;

	constructor(path: string, signer: IHistorySigner) {
		this.#db = openDatabase(path, undefined);
		this.#seals = new SealChain(this.#db, signer);
	}

	async streams(afterId: number, limit: number): Promise<readonly CopiedStream[]> {
		return this.#db
			.prepare('SELECT id, name, person, due_at, summary FROM streams WHERE id > ? ORDER BY id LIMIT ?')
			.all(afterId, limit)
			.map((row) => ({
				id: numberOf(row, 'id'),
				name: textOf(row, 'name'),
				person: optionalText(row, 'person') ?? null,
				dueAt: row['due_at'] === null ? null : numberOf(row, 'due_at'),
				summary: optionalText(row, 'summary') ?? null,
			}));
	}

	async appends(
		after: { readonly stream: number; readonly seq: number },
		limit: number,
	): Promise<readonly CopiedAppend[]> {
		return this.#db
			.prepare(
				`SELECT a.stream, s.name, a.first_seq, a.last_seq, a.at, a.types, a.payload_hash, a.payload, a.idempotency_key
				FROM appends a JOIN streams s ON s.id = a.stream
				WHERE (a.stream, a.first_seq) > (?, ?) ORDER BY a.stream, a.first_seq LIMIT ?`,
			)
			.all(after.stream, after.seq, limit)
			.map(toAppend);
	}

	async addStreams(streams: readonly CopiedStream[]): Promise<void> {
		const insert = this.#db.prepare('INSERT INTO streams (id, name, person, due_at, summary) VALUES (?, ?, ?, ?, ?)');
		this.#transaction(() => {
			for (const { id, name, person, dueAt, summary } of streams) insert.run(id, name, person, dueAt, summary);
		});
	}

	async addAppends(appends: readonly CopiedAppend[]): Promise<void> {
		const insert = this.#db.prepare(`
			INSERT INTO appends (position, stream, first_seq, last_seq, at, types, payload_hash, payload, idempotency_key)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
		this.#transaction(() => {
			for (const { stream, name, firstSeq, lastSeq, at, types, payloadHash, payload, key } of appends) {
				const position = this.#seals.nextPosition();
				insert.run(position, stream, firstSeq, lastSeq, at, types, payloadHash, payload, key);
				this.#seals.cover({ position, stream: name, firstSeq, lastSeq, at, types, payloadHash });
			}
			this.#seals.seal();
		});
	}

	/** Signs what was added and gives the file back. */
	close(): void {
		if (!this.#db.isOpen) return;
		this.#seals.close();
		this.#db.close();
	}

	#transaction(work: () => void): void {
		this.#db.exec('BEGIN IMMEDIATE');
		try {
			work();
			this.#db.exec('COMMIT');
		} catch (error) {
			this.#db.exec('ROLLBACK');
			throw error;
		}
	}
}

function toAppend(row: Row): CopiedAppend {
	return {
		stream: numberOf(row, 'stream'),
		name: textOf(row, 'name'),
		firstSeq: numberOf(row, 'first_seq'),
		lastSeq: numberOf(row, 'last_seq'),
		at: numberOf(row, 'at'),
		types: textOf(row, 'types'),
		payloadHash: textOf(row, 'payload_hash'),
		payload: optionalText(row, 'payload') ?? null,
		key: optionalText(row, 'idempotency_key') ?? null,
	};
}
