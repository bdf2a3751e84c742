import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { LRUCache } from 'lru-cache';
import type { PersonId } from '../../domain/ids.ts';
import { numberOf } from './row-values.ts';

/** StreamHead is where a stream ends. The writer moves it along, so that an append to a known stream reads nothing. */
export interface StreamHead {
	readonly id: number;
	lastSeq: number;
	lastAt: number;
	/** Whose it is, once an append has said so. */
	person?: PersonId;
}

const remembered = 50_000;

/** StreamHeads knows the ends of the streams used lately, and looks up the others. */
export class StreamHeads {
	readonly #cache = new LRUCache<string, StreamHead>({ max: remembered });
	readonly #find: StatementSync;

	constructor(db: DatabaseSync) {
		this.#find = db.prepare(`
			SELECT s.id, coalesce(a.last_seq, 0) AS last_seq, coalesce(a.at, 0) AS at FROM streams s
			LEFT JOIN appends a ON a.stream = s.id
			WHERE s.name = ? ORDER BY a.first_seq DESC LIMIT 1`);
	}

	/** Undefined for a stream that was never written. */
	get(stream: string): StreamHead | undefined {
		const known = this.#cache.get(stream);
		if (known !== undefined) return known;
		const row = this.#find.get(stream);
		if (row === undefined) return undefined;
		const head = { id: numberOf(row, 'id'), lastSeq: numberOf(row, 'last_seq'), lastAt: numberOf(row, 'at') };
		this.#cache.set(stream, head);
		return head;
	}

	add(stream: string, head: StreamHead): void {
		this.#cache.set(stream, head);
	}

	/** After a rollback nothing remembered can be trusted. */
	forget(): void {
		this.#cache.clear();
	}
}
