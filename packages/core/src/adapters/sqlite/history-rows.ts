import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { SealedAppend } from '../../domain/history/seal.ts';
import { numberOf, optionalText, type Row, textOf } from './row-values.ts';

/** HistoryRow is an append as an audit sees it; the salted payload is gone when it was erased. */
export interface HistoryRow extends SealedAppend {
	readonly payload: string | undefined;
}

/** SealRow is the seal of one commit. */
export interface SealRow {
	readonly lastPosition: number;
	readonly hash: string;
}

const columns = `
	SELECT a.position, s.name, a.first_seq, a.last_seq, a.at, a.types, a.payload_hash, a.payload
	FROM appends a LEFT JOIN streams s ON s.id = a.stream`;

/** HistoryRows reads appends and seals for audits, page by page, so that no read outlives an event-loop turn. */
export class HistoryRows {
	readonly #byPosition: StatementSync;
	readonly #ofStream: StatementSync;
	readonly #appendWith: StatementSync;
	readonly #between: StatementSync;
	readonly #sealsBetween: StatementSync;
	readonly #sealAt: StatementSync;
	readonly #sealBefore: StatementSync;

	constructor(db: DatabaseSync) {
		this.#byPosition = db.prepare(`${columns} WHERE a.position > ? ORDER BY a.position LIMIT ?`);
		this.#ofStream = db.prepare(`
			${columns} WHERE s.name = ? AND a.first_seq > ? ORDER BY a.first_seq LIMIT ?`);
		this.#appendWith = db.prepare(`
			SELECT a.first_seq, a.last_seq FROM appends a JOIN streams s ON s.id = a.stream
			WHERE s.name = ? AND a.first_seq <= ? ORDER BY a.first_seq DESC LIMIT 1`);
		this.#between = db.prepare(`${columns} WHERE a.position > ? AND a.position <= ? ORDER BY a.position`);
		this.#sealsBetween = db.prepare(
			'SELECT last_position, hash FROM seals WHERE last_position > ? AND last_position <= ? ORDER BY last_position',
		);
		this.#sealAt = db.prepare(
			'SELECT last_position, hash FROM seals WHERE last_position >= ? ORDER BY last_position LIMIT 1',
		);
		this.#sealBefore = db.prepare(
			'SELECT last_position, hash FROM seals WHERE last_position < ? ORDER BY last_position DESC LIMIT 1',
		);
	}

	after(position: number, limit: number): HistoryRow[] {
		return this.#byPosition.all(position, limit).map(toRow);
	}

	ofStream(stream: string, after: number, limit: number): HistoryRow[] {
		return this.#ofStream.all(stream, after, limit).map(toRow);
	}

	/** The first `seq` of the append that holds a fact. */
	appendWith(stream: string, seq: number): number | undefined {
		const row = this.#appendWith.get(stream, seq);
		return row !== undefined && numberOf(row, 'last_seq') >= seq ? numberOf(row, 'first_seq') : undefined;
	}

	between(after: number, last: number): HistoryRow[] {
		return this.#between.all(after, last).map(toRow);
	}

	seals(after: number, last: number): SealRow[] {
		return this.#sealsBetween.all(after, last).map(toSeal);
	}

	/** The seal that covers a position, and the one before it. */
	sealOf(position: number): { seal: SealRow | undefined; previous: SealRow | undefined } {
		const [seal, previous] = [this.#sealAt.get(position), this.#sealBefore.get(position)];
		return { seal: seal && toSeal(seal), previous: previous && toSeal(previous) };
	}
}

function toRow(row: Row): HistoryRow {
	return {
		position: numberOf(row, 'position'),
		stream: optionalText(row, 'name') ?? '',
		firstSeq: numberOf(row, 'first_seq'),
		lastSeq: numberOf(row, 'last_seq'),
		at: numberOf(row, 'at'),
		types: textOf(row, 'types'),
		payloadHash: textOf(row, 'payload_hash'),
		payload: optionalText(row, 'payload'),
	};
}

function toSeal(row: Row): SealRow {
	return { lastPosition: numberOf(row, 'last_position'), hash: textOf(row, 'hash') };
}
