import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { asStreamId, type PersonId, type StreamId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { AppendWriter } from './append-writer.ts';
import { encodeAppend } from './encode-append.ts';
import type { GroupCommit } from './group-commit.ts';
import type { HistoryRows } from './history-rows.ts';
import { withoutSalt } from './payload-salt.ts';
import { textOf } from './row-values.ts';
import { reading } from './sqlite-event-store.ts';
import type { StreamHeads } from './stream-heads.ts';

/** The stream in which the store itself records what was erased, so that blanking without a record shows. */
const erasuresStream = asStreamId('history-erasures');

interface Parts {
	readonly db: DatabaseSync;
	readonly commits: GroupCommit;
	readonly writer: AppendWriter;
	readonly heads: StreamHeads;
	readonly now: () => number;
}

/** StreamEraser blanks the streams of a person: one transaction a stream, the record of the erasure in the same one. */
export class StreamEraser {
	readonly #parts: Parts;
	readonly #ofPerson: StatementSync;
	readonly #blank: StatementSync;
	readonly #unlist: StatementSync;
	readonly #dropSnapshot: StatementSync;

	constructor(parts: Parts) {
		const { db } = parts;
		this.#parts = parts;
		this.#ofPerson = db.prepare('SELECT name FROM streams WHERE person = ?1 OR name = ?2 ORDER BY id');
		this.#blank = db.prepare(
			'UPDATE appends SET payload = NULL, idempotency_key = NULL WHERE stream = ? AND payload IS NOT NULL',
		);
		// The person stays, so that what is still written to the stream afterwards can be erased by calling again.
		this.#unlist = db.prepare('UPDATE streams SET summary = NULL, due_at = NULL WHERE id = ?');
		this.#dropSnapshot = db.prepare('DELETE FROM snapshots WHERE stream = ?');
	}

	async erase(person: PersonId): Promise<readonly StreamId[]> {
		const { db, commits } = this.#parts;
		const streams = reading(() =>
			this.#ofPerson.all(person, `person-${person}`).map((row) => asStreamId(textOf(row, 'name'))),
		);
		for (const stream of streams) await commits.enqueue(() => this.#eraseStream(stream));
		// The write-ahead log still holds the pages as they were.
		reading(() => db.exec('PRAGMA wal_checkpoint(TRUNCATE)'));
		return streams;
	}

	#eraseStream(stream: StreamId): void {
		const { heads, writer, now } = this.#parts;
		const head = heads.get(stream);
		if (head === undefined) return;
		const blanked = this.#blank.run(head.id);
		this.#unlist.run(head.id);
		this.#dropSnapshot.run(stream);
		if (blanked.changes === 0) return;
		const record = { type: 'StreamErased', v: 1, data: { stream, throughSeq: head.lastSeq } };
		const expectedSeq = heads.get(erasuresStream)?.lastSeq ?? 0;
		writer.write(encodeAppend({ stream: erasuresStream, expectedSeq, facts: [record], at: now() }));
	}
}

/** erasuresThrough reads the records back: the last erased `seq` of each stream. Their own payloads are checked with all others. */
export function erasuresThrough(rows: HistoryRows): ReadonlyMap<string, number> {
	const through = new Map<string, number>();
	const pageRows = 1_000;
	for (let after = 0; ; ) {
		const page = rows.ofStream(erasuresStream, after, pageRows);
		for (const { payload, lastSeq } of page) {
			after = lastSeq;
			// Written by `StreamEraser` alone, one fact an append.
			const [data] = JSON.parse(payload === undefined ? '[]' : withoutSalt(payload)) as readonly JsonObject[];
			if (data !== undefined) through.set(String(data['stream']), Number(data['throughSeq']));
		}
		if (page.length < pageRows) return through;
	}
}
