import { Client } from 'pg';
import { CoreError } from '../../domain/errors.ts';
import { firstHash } from '../../domain/history/seal.ts';
import type { CopiedAppend, CopiedStream, IHistorySource, IHistoryTarget } from '../history/history-copy.ts';
import { chainHash } from './audit/stream-chain.ts';
import { migrate } from './migrations.ts';
import { translatePostgresError } from './postgres-errors.ts';
import { PostgresLedgerCopy } from './postgres-ledger-copy.ts';
import { getTypeParser } from './postgres-line.ts';
import { openSecret, sealSecret } from './sealed-secret.ts';

/** withPostgresCopy runs `work` in one transaction on a database whose processes are all at rest: all of it happens, or nothing. */
export async function withPostgresCopy<Result>(
	url: string,
	work: (copy: PostgresCopy) => Promise<Result>,
): Promise<Result> {
	const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000, types: { getTypeParser } });
	client.on('error', () => undefined);
	try {
		await client.connect();
		await migrate(client);
		await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
		const copy = new PostgresCopy(client);
		await copy.assertAtRest();
		const result = await work(copy);
		await client.query('COMMIT');
		return result;
	} catch (error) {
		throw translatePostgresError(error, 'move the history in the database');
	} finally {
		await client.end().catch(() => undefined);
	}
}

/** PostgresCopy reads or fills a history row by row, without going through appends. */
export class PostgresCopy implements IHistorySource, IHistoryTarget {
	/** The book of what models cost. */
	readonly ledger: PostgresLedgerCopy;
	readonly #client: Client;
	/** Where the chain of the stream stands whose appends come in now. */
	#chain = { stream: 0, hash: firstHash };

	constructor(client: Client) {
		this.#client = client;
		this.ledger = new PostgresLedgerCopy(client);
	}

	/** Rejects while a process of this Errand lives. */
	async assertAtRest(): Promise<void> {
		const { rows } = await this.#client.query<{ self: string }>(
			'SELECT self FROM errand.processes WHERE alive_until > clock_timestamp() LIMIT 1',
		);
		const [process] = rows;
		if (process === undefined) return;
		throw new CoreError('data-dir-owned', `Cannot move the history in the database: "${process.self}" works on it.`, {
			hint: 'Stop all processes of this Errand first.',
		});
	}

	/** Rejects where there is a history already. */
	async assertEmpty(): Promise<void> {
		const { rows } = await this.#client.query(
			`SELECT 1 WHERE EXISTS (SELECT FROM errand.streams) OR EXISTS (SELECT FROM errand.secrets)
				OR EXISTS (SELECT FROM errand.model_calls)`,
		);
		if (rows.length === 0) return;
		throw new CoreError('not-possible', 'The database holds a history already; nothing was changed.', {
			hint: 'Set DATABASE_URL to an empty database.',
		});
	}

	async streams(afterId: number, limit: number): Promise<readonly CopiedStream[]> {
		const { rows } = await this.#client.query<CopiedStream>(
			`SELECT id, name, person, due_at AS "dueAt", summary FROM errand.streams WHERE id > $1 ORDER BY id LIMIT $2`,
			[afterId, limit],
		);
		return rows;
	}

	async appends(
		after: { readonly stream: number; readonly seq: number },
		limit: number,
	): Promise<readonly CopiedAppend[]> {
		const { rows } = await this.#client.query<CopiedAppend>(
			`SELECT a.stream, s.name, a.first_seq AS "firstSeq", a.last_seq AS "lastSeq", a.at, a.types,
				a.payload_hash AS "payloadHash", a.payload, k.key
			FROM (
				SELECT * FROM errand.appends WHERE (stream, first_seq) > ($1, $2) ORDER BY stream, first_seq LIMIT $3
			) a
			JOIN errand.streams s ON s.id = a.stream
			LEFT JOIN errand.idempotency_keys k ON k.stream = a.stream AND k.first_seq = a.first_seq
			ORDER BY a.stream, a.first_seq`,
			[after.stream, after.seq, limit],
		);
		return rows;
	}

	async addStreams(streams: readonly CopiedStream[]): Promise<void> {
		await this.#client.query(
			`INSERT INTO errand.streams (id, name, chain, home, person, due_at, summary, gave_up) OVERRIDING SYSTEM VALUE
			SELECT u.id, u.name, '', '', u.person, u.due_at, u.summary, u.gave_up
			FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::boolean[])
				u(id, name, person, due_at, summary, gave_up)`,
			[
				streams.map(({ id }) => id),
				streams.map(({ name }) => name),
				streams.map(({ person }) => person),
				streams.map(({ dueAt }) => dueAt),
				streams.map(({ summary }) => summary),
				streams.map(({ summary }) => gaveUp(summary)),
			],
		);
		await this.#client.query(`SELECT setval(pg_get_serial_sequence('errand.streams', 'id'), $1::bigint)`, [
			streams.at(-1)?.id ?? 1,
		]);
	}

	async addAppends(appends: readonly CopiedAppend[]): Promise<void> {
		const chains = appends.map((append) => this.#follow(append));
		await this.#client.query(
			`INSERT INTO errand.appends (stream, first_seq, last_seq, at, types, payload_hash, chain, payload)
			SELECT u.stream, u.first_seq, u.last_seq, u.at, u.types, u.hash, decode(u.chain, 'hex'), u.payload
			FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[])
				u(stream, first_seq, last_seq, at, types, hash, chain, payload)`,
			[
				appends.map(({ stream }) => stream),
				appends.map(({ firstSeq }) => firstSeq),
				appends.map(({ lastSeq }) => lastSeq),
				appends.map(({ at }) => at),
				appends.map(({ types }) => types),
				appends.map(({ payloadHash }) => payloadHash),
				chains,
				appends.map(({ payload }) => payload),
			],
		);
		const ends = new Map(appends.map((append, index) => [append.stream, { ...append, chain: chains[index] }]));
		await this.#client.query(
			`UPDATE errand.streams s SET last_seq = u.last_seq, last_at = u.at, chain = decode(u.chain, 'hex')
			FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[]) u(id, last_seq, at, chain) WHERE s.id = u.id`,
			[
				[...ends.keys()],
				[...ends.values()].map(({ lastSeq }) => lastSeq),
				[...ends.values()].map(({ at }) => at),
				[...ends.values()].map(({ chain }) => chain),
			],
		);
		const keyed = appends.filter(({ key }) => key !== null);
		await this.#client.query(
			`INSERT INTO errand.idempotency_keys (key, stream, first_seq)
			SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[])`,
			[keyed.map(({ key }) => key), keyed.map(({ stream }) => stream), keyed.map(({ firstSeq }) => firstSeq)],
		);
		await this.#client.query('INSERT INTO errand.unsealed (streams, appends) VALUES ($1::bigint[], $2)', [
			[...ends.keys()],
			appends.length,
		]);
	}

	/** All secrets, opened. */
	async secrets(key: Buffer): Promise<readonly (readonly [string, string])[]> {
		const { rows } = await this.#client.query<{ name: string; sealed: Buffer }>(
			'SELECT name, sealed FROM errand.secrets ORDER BY name',
		);
		return rows.map(({ name, sealed }) => {
			const secret = openSecret(name, sealed, key);
			if (secret !== undefined) return [name, secret] as const;
			throw new CoreError('store-corrupt', 'Cannot open the secrets in the database with this key.', {
				hint: 'Set ERRAND_SECRET_KEY, or ERRAND_DATA_DIR with its cluster.key, to what this Errand was run with.',
			});
		});
	}

	async addSecrets(secrets: readonly (readonly [string, string])[], key: Buffer): Promise<void> {
		for (const [name, secret] of secrets) {
			await this.#client.query('INSERT INTO errand.secrets (name, sealed) VALUES ($1, $2)', [
				name,
				sealSecret(name, secret, key),
			]);
		}
	}

	async notes(): Promise<readonly (readonly [string, string])[]> {
		const { rows } = await this.#client.query<{ name: string; text: string }>(
			'SELECT name, text FROM errand.notes ORDER BY name',
		);
		return rows.map(({ name, text }) => [name, text] as const);
	}

	async addNotes(notes: readonly (readonly [string, string])[]): Promise<void> {
		for (const [name, text] of notes) {
			await this.#client.query('INSERT INTO errand.notes (name, text) VALUES ($1, $2)', [name, text]);
		}
	}

	#follow(append: CopiedAppend): string {
		const previous = this.#chain.stream === append.stream ? this.#chain.hash : firstHash;
		const hash = chainHash(previous, append.name, append);
		this.#chain = { stream: append.stream, hash };
		return hash;
	}
}

function gaveUp(summary: string | null): boolean {
	// Written by an append, from a JsonObject.
	const parsed = summary === null ? undefined : (JSON.parse(summary) as Readonly<Record<string, unknown>>);
	return (parsed?.['deadLetters'] ?? null) !== null;
}
