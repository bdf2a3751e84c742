import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Upcast } from '../../domain/history/upcast.ts';
import { asStreamId, type StreamId } from '../../domain/ids.ts';
import type { Append, AppendResult, IEventStore, StoredFact } from '../../ports/event-store.ts';
import { decodeFacts, encodeAppend } from '../history/encode-append.ts';
import type { AppendWriter } from './append-writer.ts';
import type { DiskRoom } from './disk-room.ts';
import type { GroupCommit } from './group-commit.ts';
import { numberOf, optionalText, textOf } from './row-values.ts';
import { translateSqliteError } from './sqlite-errors.ts';
import type { StreamHeads } from './stream-heads.ts';

interface Parts {
	readonly db: DatabaseSync;
	readonly commits: GroupCommit;
	readonly writer: AppendWriter;
	readonly heads: StreamHeads;
	readonly room: DiskRoom;
	readonly upcast: Upcast;
}

/** SqliteEventStore keeps streams of facts in one SQLite file. Reading an erased fact gives its number, the type `Erased` and no data. */
export class SqliteEventStore implements IEventStore {
	readonly #parts: Parts;
	readonly #read: StatementSync;
	readonly #open: StatementSync;

	constructor(parts: Parts) {
		this.#parts = parts;
		// The append that holds `after + 1` may begin before it, if it brought several facts.
		this.#read = parts.db.prepare(`
			SELECT first_seq, at, types, payload FROM appends
			WHERE stream = ?1 AND first_seq >= coalesce(
				(SELECT max(first_seq) FROM appends WHERE stream = ?1 AND first_seq <= ?2), 0)
			ORDER BY first_seq LIMIT ?3`);
		this.#open = parts.db.prepare(`
			SELECT name, due_at FROM streams WHERE due_at IS NOT NULL AND name > ? ORDER BY name LIMIT ?`);
	}

	append(append: Append): Promise<AppendResult> {
		const { room, commits, writer } = this.#parts;
		try {
			room.assertRoom();
			const encoded = encodeAppend(append);
			return commits.enqueue(() => writer.write(encoded));
		} catch (error) {
			return Promise.reject(error);
		}
	}

	async read(stream: StreamId, after: number, limit = 10_000): Promise<readonly StoredFact[]> {
		const { heads, upcast } = this.#parts;
		return reading(() => {
			const head = heads.get(stream);
			if (head === undefined || head.lastSeq <= after) return [];
			const facts: StoredFact[] = [];
			for (const row of this.#read.all(head.id, after + 1, Math.max(1, limit))) {
				if (facts.length >= limit) break;
				const stored = decodeFacts({
					firstSeq: numberOf(row, 'first_seq'),
					at: numberOf(row, 'at'),
					types: textOf(row, 'types'),
					payload: optionalText(row, 'payload'),
				});
				for (const fact of stored) if (fact.seq > after) facts.push(upcast(fact));
			}
			return facts;
		});
	}

	async openStreams(page: { after: string; limit: number }): Promise<readonly { stream: StreamId; dueAt: number }[]> {
		return reading(() =>
			this.#open
				.all(page.after, page.limit)
				.map((row) => ({ stream: asStreamId(textOf(row, 'name')), dueAt: numberOf(row, 'due_at') })),
		);
	}
}

/** reading runs a read of history; what the driver throws leaves as a CoreError. */
export function reading<Result>(read: () => Result): Result {
	try {
		return read();
	} catch (error) {
		throw translateSqliteError(error, 'read history');
	}
}
