import type { ClientBase } from 'pg';
import type { JsonObject } from '../../../domain/json.ts';
import { Erasures, erasuresStream } from '../../history/erasures.ts';
import { withoutSalt } from '../../history/payload-salt.ts';
import { asQuery, type PostgresLine } from '../postgres-line.ts';
import type { ChainedAppend } from './stream-chain.ts';
import type { Seal, SealedStream } from './stream-seals.ts';

/** AuditedStream is a stream's own row, and how far it was sealed last. */
export interface AuditedStream {
	readonly id: number;
	readonly name: string;
	readonly lastSeq: number;
	readonly chain: string;
	/** 0 where no seal vouches for it yet. */
	readonly sealedSeq: number;
	readonly sealedChain: string;
}

interface AppendColumns {
	readonly stream: number;
	readonly first_seq: number;
	readonly last_seq: number;
	readonly at: number;
	readonly types: string;
	readonly payload_hash: string;
	readonly payload: string | null;
	readonly chain: string;
}

const STREAMS = `
	SELECT s.id, s.name, s.last_seq AS "lastSeq", encode(s.chain, 'hex') AS chain,
		coalesce(l.last_seq, 0) AS "sealedSeq", coalesce(encode(l.chain, 'hex'), '') AS "sealedChain"
	FROM errand.streams s
	LEFT JOIN LATERAL (
		SELECT t.last_seq, t.chain FROM errand.sealed_streams t WHERE t.stream = s.id ORDER BY t.seal DESC LIMIT 1
	) l ON true`;

const APPENDS = `
	SELECT stream, first_seq, last_seq, at, types, payload_hash, payload, encode(chain, 'hex') AS chain FROM errand.appends`;

/** AuditRows reads history for audits, page by page. */
export class AuditRows {
	readonly #line: PostgresLine;

	constructor(line: PostgresLine) {
		this.#line = line;
	}

	/** Streams in the order of their beginning. */
	streams(afterId: number, limit: number): Promise<AuditedStream[]> {
		return this.#read<AuditedStream>(`${STREAMS} WHERE s.id > $1 ORDER BY s.id LIMIT $2`, [afterId, limit]);
	}

	async stream(name: string): Promise<AuditedStream | undefined> {
		const [row] = await this.#read<AuditedStream>(`${STREAMS} WHERE s.name = $1`, [name]);
		return row;
	}

	/** Appends of several streams, stream by stream, after one of them. */
	async appends(
		ids: readonly number[],
		after: { stream: number; seq: number },
		limit: number,
	): Promise<(ChainedAppend & { readonly stream: number })[]> {
		const rows = await this.#read<AppendColumns>(
			`${APPENDS} WHERE stream = ANY ($1::bigint[]) AND (stream, first_seq) > ($2, $3) ORDER BY stream, first_seq LIMIT $4`,
			[ids, after.stream, after.seq, limit],
		);
		return rows.map((row) => ({ ...chained(row), stream: row.stream }));
	}

	/** Some append whose stream there is not; undefined where all have one. */
	async strayAppend(): Promise<number | undefined> {
		const [row] = await this.#read<{ stream: number }>(
			'SELECT a.stream FROM errand.appends a WHERE NOT EXISTS (SELECT FROM errand.streams s WHERE s.id = a.stream) LIMIT 1',
			[],
			AUDIT_MS,
		);
		return row?.stream;
	}

	seals(after: number, limit: number): Promise<Seal[]> {
		return this.#read<Seal>(
			'SELECT number, appends, hash, signature FROM errand.seals WHERE number > $1 ORDER BY number LIMIT $2',
			[after, limit],
		);
	}

	/** What a run of seals vouches for, and whether the stream is there. */
	sealedStreams(first: number, last: number): Promise<(SealedStream & { seal: number; there: boolean })[]> {
		return this.#read<SealedStream & { seal: number; there: boolean }>(
			`SELECT t.seal, t.stream, t.last_seq AS "lastSeq", encode(t.chain, 'hex') AS chain, s.id IS NOT NULL AS there
			FROM errand.sealed_streams t LEFT JOIN errand.streams s ON s.id = t.stream
			WHERE t.seal BETWEEN $1 AND $2 ORDER BY t.seal, t.stream`,
			[first, last],
		);
	}

	/** How many appends there were at the first seal that vouches for this one; the last seal's number where none does. */
	async positionOf(stream: number, seq: number): Promise<number> {
		const [row] = await this.#read<{ position: number | null }>(
			`SELECT appends AS position FROM errand.seals WHERE number = coalesce(
				(SELECT min(seal) FROM errand.sealed_streams WHERE stream = $1 AND last_seq >= $2),
				(SELECT max(number) FROM errand.seals))`,
			[stream, seq],
		);
		return row?.position ?? 0;
	}

	/** Reads the records of erasures back. Their own payloads are checked with all others. */
	async erasures(): Promise<Erasures> {
		const erasures = new Erasures();
		const stream = await this.stream(erasuresStream);
		if (stream === undefined) return erasures;
		for (let seq = 0; ; ) {
			const page = await this.appends([stream.id], { stream: stream.id, seq }, PAGE);
			for (const { payload, firstSeq } of page) {
				seq = firstSeq;
				// Written by `StreamEraser` alone, one fact an append.
				const [data] = JSON.parse(payload === undefined ? '[]' : withoutSalt(payload)) as readonly JsonObject[];
				if (data !== undefined) erasures.add(data);
			}
			if (page.length < PAGE) return erasures;
		}
	}

	#read<Row extends object>(text: string, values: readonly unknown[], answerMs?: number): Promise<Row[]> {
		return this.#line.run('read history', async (client: ClientBase) => {
			if (answerMs === undefined) return (await client.query<Row>(asQuery({ text, values }))).rows;
			await client.query('BEGIN READ ONLY');
			await client.query(`SET LOCAL statement_timeout = ${answerMs}`);
			const { rows } = await client.query<Row>(asQuery({ text, values, answerMs }));
			await client.query('COMMIT');
			return rows;
		});
	}
}

const PAGE = 500;
/** What looks at all of history at once may take its time. */
const AUDIT_MS = 600_000;

function chained(row: AppendColumns): ChainedAppend {
	return {
		firstSeq: row.first_seq,
		lastSeq: row.last_seq,
		at: row.at,
		types: row.types,
		payloadHash: row.payload_hash,
		payload: row.payload ?? undefined,
		chain: row.chain,
	};
}
