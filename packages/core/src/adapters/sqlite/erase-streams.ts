import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { asStreamId, type PersonId, type StreamId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import { encodeAppend } from '../history/encode-append.ts';
import { erasuresStream } from '../history/erasures.ts';
import type { AppendWriter } from './append-writer.ts';
import type { GroupCommit } from './group-commit.ts';
import type { HistoryRows } from './history-rows.ts';
import { textOf } from './row-values.ts';
import { reading } from './sqlite-event-store.ts';
import type { StreamHeads } from './stream-heads.ts';

interface Parts {
	readonly db: DatabaseSync;
	readonly commits: GroupCommit;
	readonly rows: HistoryRows;
	readonly writer: AppendWriter;
	readonly heads: StreamHeads;
	readonly now: () => number;
}

/** StreamEraser blanks the streams of a person, or single appends: one transaction a stream, the record of the erasure in the same one. */
export class StreamEraser {
	readonly #parts: Parts;
	readonly #ofPerson: StatementSync;
	readonly #blank: StatementSync;
	readonly #blankAppend: StatementSync;
	readonly #unlist: StatementSync;
	readonly #dropSnapshot: StatementSync;

	constructor(parts: Parts) {
		const { db } = parts;
		this.#parts = parts;
		this.#ofPerson = db.prepare('SELECT name FROM streams WHERE person = ?1 OR name = ?2 ORDER BY id');
		this.#blank = db.prepare(
			'UPDATE appends SET payload = NULL, idempotency_key = NULL WHERE stream = ? AND payload IS NOT NULL',
		);
		this.#blankAppend = db.prepare(`
			UPDATE appends SET payload = NULL, idempotency_key = NULL
			WHERE stream = ? AND first_seq = ? AND payload IS NOT NULL`);
		// The person stays, so that what is still written to the stream afterwards can be erased by calling again.
		this.#unlist = db.prepare('UPDATE streams SET summary = NULL, due_at = NULL WHERE id = ?');
		this.#dropSnapshot = db.prepare('DELETE FROM snapshots WHERE stream = ?');
	}

	async erase(person: PersonId): Promise<readonly StreamId[]> {
		const { commits } = this.#parts;
		const streams = reading(() =>
			this.#ofPerson.all(person, `person-${person}`).map((row) => asStreamId(textOf(row, 'name'))),
		);
		for (const stream of streams) await commits.enqueue(() => this.#eraseStream(stream));
		this.#emptyLog();
		return streams;
	}

	async eraseFacts(stream: StreamId, seqs: readonly number[]): Promise<void> {
		await this.#parts.commits.enqueue(() => this.#eraseAppends(stream, seqs));
		this.#emptyLog();
	}

	#eraseStream(stream: StreamId): void {
		const { heads } = this.#parts;
		const head = heads.get(stream);
		if (head === undefined) return;
		const blanked = this.#blank.run(head.id);
		this.#unlist.run(head.id);
		this.#dropSnapshot.run(stream);
		if (blanked.changes > 0) this.#record('StreamErased', { stream, throughSeq: head.lastSeq });
	}

	#eraseAppends(stream: StreamId, seqs: readonly number[]): void {
		const { heads, rows } = this.#parts;
		const head = heads.get(stream);
		if (head === undefined) return;
		const appends = new Set(seqs.flatMap((seq) => rows.appendWith(stream, seq) ?? []));
		const blanked = [...appends].filter((firstSeq) => this.#blankAppend.run(head.id, firstSeq).changes > 0);
		this.#dropSnapshot.run(stream);
		if (blanked.length > 0) this.#record('FactsErased', { stream, appends: blanked });
	}

	#record(type: string, data: JsonObject): void {
		const { heads, writer, now } = this.#parts;
		const expectedSeq = heads.get(erasuresStream)?.lastSeq ?? 0;
		writer.write(encodeAppend({ stream: erasuresStream, expectedSeq, facts: [{ type, v: 1, data }], at: now() }));
	}

	/** The write-ahead log still holds the pages as they were. */
	#emptyLog(): void {
		reading(() => this.#parts.db.exec('PRAGMA wal_checkpoint(TRUNCATE)'));
	}
}
