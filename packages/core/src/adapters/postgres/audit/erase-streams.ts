import type { ClientBase } from 'pg';
import { asStreamId, type PersonId, type StreamId } from '../../../domain/ids.ts';
import type { JsonObject } from '../../../domain/json.ts';
import { encodeAppend } from '../../history/encode-append.ts';
import { erasuresStream } from '../../history/erasures.ts';
import { SaltSource } from '../../history/payload-salt.ts';
import { type AppendAnswer, appendStatement, saltAppend } from '../append-statement.ts';
import { asQuery, type PostgresLine } from '../postgres-line.ts';

interface Parts {
	readonly line: PostgresLine;
	readonly self: string;
	readonly now: () => number;
	readonly written: () => void;
}

/** One erasure is recorded at a time ("Errr"). */
const ERASURE_LOCK = 0x45727272;
const VACUUM_MS = 600_000;

/** StreamEraser blanks the streams of a person, or single appends: one transaction a stream, the record of the erasure in the same one. */
export class StreamEraser {
	readonly #parts: Parts;
	readonly #salts = new SaltSource();

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	async erase(person: PersonId): Promise<readonly StreamId[]> {
		const rows = await this.#parts.line.query<{ name: string }>('erase history', {
			text: 'SELECT name FROM errand.streams WHERE person = $1 OR name = $2 ORDER BY id',
			values: [person, `person-${person}`],
		});
		const streams = rows.map(({ name }) => asStreamId(name));
		const touched = new Set<string>();
		for (const stream of streams) {
			for (const table of await this.#eraseStream(stream)) touched.add(table);
		}
		await this.#cleanUp(touched);
		return streams;
	}

	async eraseFacts(stream: StreamId, seqs: readonly number[]): Promise<void> {
		await this.#cleanUp(new Set(await this.#eraseAppends(stream, seqs)));
	}

	/** Answers the tables in which something was blanked. */
	#eraseStream(stream: StreamId): Promise<readonly string[]> {
		return this.#transaction(stream, async (client, { id, last_seq: throughSeq }) => {
			const { rows } = await client.query<{ part: string }>(
				`UPDATE errand.appends SET payload = NULL WHERE stream = $1 AND payload IS NOT NULL
				RETURNING tableoid::regclass::text AS part`,
				[id],
			);
			await client.query('DELETE FROM errand.idempotency_keys WHERE stream = $1', [id]);
			// The person stays, so that what is still written to the stream afterwards can be erased by calling again.
			await client.query('UPDATE errand.streams SET summary = NULL, due_at = NULL, gave_up = false WHERE id = $1', [
				id,
			]);
			if (rows.length > 0) await this.#record(client, 'StreamErased', { stream, throughSeq });
			return [...rows.map(({ part }) => part), 'errand.streams'];
		});
	}

	#eraseAppends(stream: StreamId, seqs: readonly number[]): Promise<readonly string[]> {
		return this.#transaction(stream, async (client, { id }) => {
			const { rows } = await client.query<{ part: string; first_seq: number }>(
				`UPDATE errand.appends SET payload = NULL
				WHERE stream = $1 AND payload IS NOT NULL
					AND EXISTS (SELECT FROM unnest($2::bigint[]) seq WHERE seq BETWEEN first_seq AND last_seq)
				RETURNING tableoid::regclass::text AS part, first_seq`,
				[id, seqs],
			);
			const appends = rows.map(({ first_seq }) => first_seq).toSorted((a, b) => a - b);
			await client.query('DELETE FROM errand.idempotency_keys WHERE stream = $1 AND first_seq = ANY ($2::bigint[])', [
				id,
				appends,
			]);
			if (appends.length > 0) await this.#record(client, 'FactsErased', { stream, appends });
			return rows.map(({ part }) => part);
		});
	}

	#transaction(
		stream: StreamId,
		work: (client: ClientBase, row: { id: number; last_seq: number }) => Promise<readonly string[]>,
	): Promise<readonly string[]> {
		return this.#parts.line.transaction('erase history', async (client) => {
			await client.query('SELECT pg_advisory_xact_lock($1)', [ERASURE_LOCK]);
			const { rows } = await client.query<{ id: number; last_seq: number }>(
				'SELECT id, last_seq FROM errand.streams WHERE name = $1 FOR UPDATE',
				[stream],
			);
			await client.query('DELETE FROM errand.snapshots WHERE stream = $1', [stream]);
			const [row] = rows;
			return row === undefined ? [] : work(client, row);
		});
	}

	async #record(client: ClientBase, type: string, data: JsonObject): Promise<void> {
		const { self, now, written } = this.#parts;
		const { rows } = await client.query<{ last_seq: number }>('SELECT last_seq FROM errand.streams WHERE name = $1', [
			erasuresStream,
		]);
		const append = encodeAppend({
			stream: erasuresStream,
			expectedSeq: rows[0]?.last_seq ?? 0,
			facts: [{ type, v: 1, data }],
			at: now(),
		});
		const statement = appendStatement(self, [saltAppend(append, this.#salts)]);
		const { rows: results } = await client.query<AppendAnswer>(asQuery(statement));
		if (results[0]?.outcome !== 'appended') throw new TypeError('The record of an erasure could not be written.');
		written();
	}

	/** What was blanked stands in the tables until they are vacuumed, which the server would do by itself some time. */
	async #cleanUp(tables: ReadonlySet<string>): Promise<void> {
		if (tables.size === 0) return;
		await this.#parts.line
			.attempt(async (client) => {
				await client.query('SET statement_timeout = 0');
				try {
					await client.query(asQuery({ text: `VACUUM ${[...tables].join(', ')}`, answerMs: VACUUM_MS }));
				} finally {
					await client.query('RESET statement_timeout');
				}
			})
			.catch(() => undefined);
	}
}
