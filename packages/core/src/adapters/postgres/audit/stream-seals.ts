import type { ClientBase } from 'pg';
import { firstHash, headText, sealHash } from '../../../domain/history/seal.ts';
import type { HistoryHead } from '../../../ports/event-store.ts';
import type { IHistorySigner } from '../../../ports/history-signer.ts';
import { sha256 } from '../../history/sha256.ts';
import { inTransaction, type PostgresLine } from '../postgres-line.ts';

/** SealedStream is how far a seal vouches for one stream. */
export interface SealedStream {
	readonly stream: number;
	readonly lastSeq: number;
	readonly chain: string;
}

/** Seal closes what was appended since the one before; `appends` counts all of history up to it. */
export interface Seal {
	readonly number: number;
	readonly appends: number;
	readonly hash: string;
	readonly signature: string;
}

interface Sealed {
	/** The newest seal there is. */
	readonly last: Seal | undefined;
	/** There is more to seal. */
	readonly more: boolean;
}

const SEAL_EVERY_MS = 1_000;
/** A seal over more would take too long. */
const TURNS_A_SEAL = 100;
/** One process seals at a time ("Erse"). */
const SEAL_LOCK = 0x45727365;

/** hashOfSeal chains a seal to the one before and to the ends of all streams that it vouches for. */
export function hashOfSeal(previous: string, appends: number, streams: readonly SealedStream[]): string {
	const lines = streams.map(({ stream, lastSeq, chain }) => `${stream} ${lastSeq} ${chain}\n`).join('');
	return sealHash(previous, `${appends}\n${lines}`, sha256);
}

/**
 * StreamSeals tie the chains of all streams into one: about once a second, and whenever the head is asked for, one
 * process writes a signed seal over the ends of the streams appended to since. So appends wait for no other stream's.
 */
export class StreamSeals {
	readonly #line: PostgresLine;
	readonly #signer: IHistorySigner;
	#timer: NodeJS.Timeout | undefined;
	#closed = false;

	constructor(line: PostgresLine, signer: IHistorySigner) {
		this.#line = line;
		this.#signer = signer;
	}

	/** Something was appended: it is sealed within a second or two. */
	readonly touched = (): void => {
		if (this.#closed) return;
		this.#timer ??= setTimeout(() => {
			this.#timer = undefined;
			void this.#sealSoon();
		}, SEAL_EVERY_MS).unref();
	};

	/** Seals all that was written before the call, and answers the signed head. */
	async head(): Promise<HistoryHead> {
		let sealed: Sealed;
		do {
			sealed = await this.#line.transaction('seal history', (client) => this.#seal(client, 'in turn'));
		} while (sealed.more);
		const { appends: position, hash } = sealed.last ?? { appends: 0, hash: firstHash };
		const signature = this.#signer.sign(headText({ position, hash }));
		return { position, hash, signature, publicKey: this.#signer.publicKey };
	}

	/** Seals what is left. */
	async close(): Promise<void> {
		this.#closed = true;
		if (this.#timer === undefined) return;
		clearTimeout(this.#timer);
		this.#timer = undefined;
		await this.#sealSoon();
	}

	async #sealSoon(): Promise<void> {
		try {
			let sealed: Sealed;
			do {
				sealed = await this.#line.attempt((client) =>
					inTransaction(client, (transaction) => this.#seal(transaction, 'unless another does')),
				);
			} while (sealed.more);
		} catch {
			// Where the database is out of reach, the next append has this one sealed too.
		}
	}

	async #seal(client: ClientBase, how: 'in turn' | 'unless another does'): Promise<Sealed> {
		const lock = how === 'in turn' ? 'pg_advisory_xact_lock' : 'pg_try_advisory_xact_lock';
		const { rows: locks } = await client.query<{ taken: unknown }>(`SELECT ${lock}($1) AS taken`, [SEAL_LOCK]);
		if (locks[0]?.taken === false) return { last: undefined, more: false };
		const { rows: touched } = await client.query<{
			appends: number | null;
			streams: string[] | null;
			turns: number;
		}>(`
				WITH gone AS (
					DELETE FROM errand.unsealed WHERE id IN (SELECT id FROM errand.unsealed ORDER BY id LIMIT ${TURNS_A_SEAL})
					RETURNING streams, appends
				)
				SELECT (SELECT sum(appends)::bigint FROM gone) AS appends,
					(SELECT array_agg(DISTINCT id) FROM gone, unnest(streams) id) AS streams,
					(SELECT count(*) FROM gone) AS turns`);
		const { rows: seals } = await client.query<Seal>(
			'SELECT number, appends, hash, signature FROM errand.seals ORDER BY number DESC LIMIT 1',
		);
		const last = seals[0];
		const { appends: fresh, streams, turns } = touched[0] ?? { appends: null, streams: null, turns: 0 };
		if (fresh === null || streams === null) return { last, more: false };
		const { rows: ends } = await client.query<SealedStream>(
			`SELECT id AS stream, last_seq AS "lastSeq", encode(chain, 'hex') AS chain
				FROM errand.streams WHERE id = ANY ($1::bigint[]) ORDER BY id`,
			[streams],
		);
		const appends = (last?.appends ?? 0) + fresh;
		const hash = hashOfSeal(last?.hash ?? firstHash, appends, ends);
		const signature = this.#signer.sign(headText({ position: appends, hash }));
		const seal = { number: (last?.number ?? 0) + 1, appends, hash, signature };
		await client.query('INSERT INTO errand.seals (number, appends, hash, signature) VALUES ($1, $2, $3, $4)', [
			seal.number,
			appends,
			hash,
			signature,
		]);
		await client.query(
			`INSERT INTO errand.sealed_streams (seal, stream, last_seq, chain)
				SELECT $1, u.stream, u.last_seq, decode(u.chain, 'hex')
				FROM unnest($2::bigint[], $3::bigint[], $4::text[]) u(stream, last_seq, chain)`,
			[
				seal.number,
				ends.map(({ stream }) => stream),
				ends.map(({ lastSeq }) => lastSeq),
				ends.map(({ chain }) => chain),
			],
		);
		return { last: seal, more: turns === TURNS_A_SEAL };
	}
}
