import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { asStreamId } from '../../domain/ids.ts';
import type { AppendResult, StreamIndexEntry } from '../../ports/event-store.ts';

import type { EncodedAppend } from '../history/encode-append.ts';
import { hashPayload, SaltSource } from '../history/payload-salt.ts';
import { numberOf, textOf } from './row-values.ts';
import type { SealChain } from './seal-chain.ts';
import type { StreamHead, StreamHeads } from './stream-heads.ts';

/** AppendWriter judges and writes single appends inside the transaction of a group commit, in the order of the calls. */
export class AppendWriter {
	readonly #heads: StreamHeads;
	readonly #seals: SealChain;
	readonly #salts = new SaltSource();
	readonly #byKey: StatementSync;
	readonly #insertStream: StatementSync;
	readonly #insertAppend: StatementSync;
	readonly #updateIndex: StatementSync;
	readonly #updatePerson: StatementSync;

	constructor(db: DatabaseSync, heads: StreamHeads, seals: SealChain) {
		this.#heads = heads;
		this.#seals = seals;
		this.#byKey = db.prepare(`
			SELECT s.name, a.first_seq FROM appends a JOIN streams s ON s.id = a.stream WHERE a.idempotency_key = ?`);
		this.#insertStream = db.prepare('INSERT INTO streams (name) VALUES (?)');
		this.#insertAppend = db.prepare(`
			INSERT INTO appends (position, stream, first_seq, last_seq, at, types, payload_hash, payload, idempotency_key)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
		this.#updateIndex = db.prepare('UPDATE streams SET due_at = ?, summary = ? WHERE id = ?');
		this.#updatePerson = db.prepare('UPDATE streams SET person = ?, due_at = ?, summary = ? WHERE id = ?');
	}

	write(encoded: EncodedAppend): AppendResult {
		const { append } = encoded;
		const key = append.idempotencyKey;
		const duplicate = key === undefined ? undefined : this.#byKey.get(key);
		if (duplicate !== undefined) {
			return {
				kind: 'duplicate',
				stream: asStreamId(textOf(duplicate, 'name')),
				firstSeq: numberOf(duplicate, 'first_seq'),
			};
		}
		const known = this.#heads.get(append.stream);
		const actualSeq = known?.lastSeq ?? 0;
		if (actualSeq !== append.expectedSeq) return { kind: 'conflict', actualSeq };
		const head = known ?? this.#create(append.stream);
		const at = Math.max(append.at, head.lastAt);
		this.#insert(encoded, head, at);
		if (append.index !== undefined) this.#index(head, append.index);
		return { kind: 'appended', firstSeq: actualSeq + 1, at };
	}

	#create(stream: string): StreamHead {
		const head = { id: Number(this.#insertStream.run(stream).lastInsertRowid), lastSeq: 0, lastAt: 0 };
		this.#heads.add(stream, head);
		return head;
	}

	#insert({ append, types, payload }: EncodedAppend, head: StreamHead, at: number): void {
		const position = this.#seals.nextPosition();
		const firstSeq = head.lastSeq + 1;
		const lastSeq = head.lastSeq + append.facts.length;
		const salted = this.#salts.next() + payload;
		const payloadHash = hashPayload(salted);
		const key = append.idempotencyKey ?? null;
		this.#insertAppend.run(position, head.id, firstSeq, lastSeq, at, types, payloadHash, salted, key);
		this.#seals.cover({ position, stream: append.stream, firstSeq, lastSeq, at, types, payloadHash });
		head.lastSeq = lastSeq;
		head.lastAt = at;
	}

	/** The person is written only when it changed: SQLite writes each index of a column that is set, though it be set to what it was. */
	#index(head: StreamHead, { person, dueAt, summary }: StreamIndexEntry): void {
		const due = dueAt === null ? null : Math.ceil(dueAt);
		const text = JSON.stringify(summary);
		if (head.person === person) this.#updateIndex.run(due, text, head.id);
		else this.#updatePerson.run(person, due, text, head.id);
		head.person = person;
	}
}
