import { CoreError } from '../../domain/errors.ts';
import type { Upcast } from '../../domain/history/upcast.ts';
import { asStreamId, type StreamId } from '../../domain/ids.ts';
import type { Append, AppendResult, IEventStore, StoredFact } from '../../ports/event-store.ts';
import { decodeFacts, encodeAppend } from '../history/encode-append.ts';
import { SaltSource } from '../history/payload-salt.ts';
import type { AppendQueue } from './append-queue.ts';
import { type SaltedAppend, saltAppend } from './append-statement.ts';
import type { DiskCondition } from './disk-condition.ts';
import type { PostgresLine } from './postgres-line.ts';

interface Parts {
	readonly line: PostgresLine;
	readonly queue: AppendQueue;
	readonly room: DiskCondition;
	readonly upcast: Upcast;
}

interface ReadRow {
	readonly first_seq: number;
	readonly at: number;
	readonly types: string;
	readonly payload: string | null;
}

/** PostgresEventStore keeps streams of facts in Postgres. An `Append` that is given again, the very same object, is known again however often it was sent. */
export class PostgresEventStore implements IEventStore {
	readonly #parts: Parts;
	readonly #salts = new SaltSource();
	readonly #salted = new WeakMap<Append, SaltedAppend>();

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	async append(append: Append): Promise<AppendResult> {
		this.#parts.room.assertRoom();
		return this.#parts.queue.add(this.#salt(append));
	}

	async read(stream: StreamId, after: number, limit = 10_000): Promise<readonly StoredFact[]> {
		const { line, upcast } = this.#parts;
		const rows = await line.query<ReadRow>('read history', {
			name: 'errand-read',
			text: 'SELECT first_seq, at, types, payload FROM errand.read($1, $2, $3)',
			values: [stream, after + 1, Math.max(1, limit)],
		});
		const facts: StoredFact[] = [];
		for (const { first_seq: firstSeq, at, types, payload } of rows) {
			if (facts.length >= limit) break;
			const stored = decodeFacts({ firstSeq, at, types, payload: payload ?? undefined });
			for (const fact of stored) if (fact.seq > after) facts.push(upcast(fact));
		}
		return facts;
	}

	async openStreams(page: { after: string; limit: number }): Promise<readonly { stream: StreamId; dueAt: number }[]> {
		const rows = await this.#parts.line.query<{ name: string; due_at: number }>('read history', {
			text: 'SELECT name, due_at FROM errand.streams WHERE open AND name > $1 ORDER BY name LIMIT $2',
			values: [page.after, page.limit],
		});
		return rows.map((row) => ({ stream: asStreamId(row.name), dueAt: row.due_at }));
	}

	#salt(append: Append): SaltedAppend {
		const known = this.#salted.get(append);
		if (known !== undefined) return known;
		if (!append.stream.isWellFormed()) {
			throw new CoreError('invalid-input', 'Cannot append to a stream whose name is no proper text.', {
				hint: 'This is a fault in Errand: please report it with this message.',
			});
		}
		const salted = saltAppend(encodeAppend(append), this.#salts);
		this.#salted.set(append, salted);
		return salted;
	}
}
