import { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { Client, type ClientBase, type QueryResultRow, types } from 'pg';
import { CoreError } from '../../domain/errors.ts';
import { isTakenOver, translatePostgresError, troubleOf } from './postgres-errors.ts';
import type { Reachability } from './reachability.ts';
import { storableText } from './storable-text.ts';

interface LineOptions {
	readonly url: string;
	/** Shown by the server beside each connection. */
	readonly name: string;
	readonly maxConnections: number;
	readonly reachability: Reachability;
	/** The epoch under which this process writes, where regions are told apart. */
	readonly epoch?: (() => number | undefined) | undefined;
}

/** Statement is what is sent to the server; one with a name is planned once a connection. */
export interface Statement {
	readonly name?: string;
	readonly text: string;
	readonly values?: readonly unknown[];
	/** How long (ms) an answer may take, where that is not the usual. */
	readonly answerMs?: number;
}

interface Connection {
	readonly client: Client;
	readonly socket: Socket;
	/** Under which it writes; undefined for one that was opened before that was known. */
	epoch: number | undefined;
	broken: boolean;
}

/** How long (ms) trying goes on before something counts as out of reach. */
export const GIVE_UP_MS = 5_000;
const CONNECT_MS = 2_000;
const ANSWER_MS = 3_000;
const BETWEEN_ATTEMPTS_MS = 100;

/**
 * PostgresLine lends connections to one database, a few at most, and tries again on another one when one is lost: whatever
 * is run over it may happen twice, so it has to be the same when it does.
 */
export class PostgresLine {
	readonly #options: LineOptions;
	readonly #idle: Connection[] = [];
	readonly #all = new Set<Connection>();
	readonly #waiting: (() => void)[] = [];
	#lent = 0;
	#closed = false;

	constructor(options: LineOptions) {
		this.#options = options;
	}

	/** Runs one statement, trying again for a few seconds; rejects with CoreError. */
	async query<Row extends QueryResultRow>(attempted: string, statement: Statement): Promise<Row[]> {
		return this.run(attempted, async (client) => (await client.query<Row>(asQuery(statement))).rows);
	}

	/** Runs `work` in one transaction, as a whole and again where it has to be. */
	transaction<Result>(attempted: string, work: (client: ClientBase) => Promise<Result>): Promise<Result> {
		return this.run(attempted, (client) => inTransaction(client, work));
	}

	/**
	 * Lends a connection to `work`, again and again for a few seconds while connections are lost, or for a second where nothing
	 * answers anybody, unless it `insists`; rejects with CoreError.
	 */
	async run<Result>(
		attempted: string,
		work: (client: ClientBase) => Promise<Result>,
		{ insists = false } = {},
	): Promise<Result> {
		const { reachability } = this.#options;
		const startedAt = performance.now();
		for (;;) {
			try {
				const attempt = this.attempt(work, { insists });
				return await (insists ? attempt : reachability.bound(startedAt, attempt));
			} catch (error) {
				const overdue = insists ? performance.now() - startedAt > GIVE_UP_MS : this.isOverdue(startedAt);
				if (this.#closed || troubleOf(error) === 'final' || overdue) throw translatePostgresError(error, attempted);
			}
			await wait(BETWEEN_ATTEMPTS_MS, undefined, { ref: false });
		}
	}

	/** Lends a connection once, where that is worth trying or `insists`; what the driver throws comes out as it is. */
	async attempt<Result>(work: (client: ClientBase) => Promise<Result>, { insists = false } = {}): Promise<Result> {
		const { reachability } = this.#options;
		await this.#turn();
		const startedAt = performance.now();
		let connection: Connection | undefined;
		let begun = false;
		try {
			reachability.begin(startedAt, insists);
			begun = true;
			connection = this.#idle.pop() ?? (await this.#connect());
			const result = await work(connection.client);
			reachability.succeeded(performance.now());
			return result;
		} catch (error) {
			if (isTakenOver(error) && connection?.epoch !== undefined) reachability.takenOver();
			const lost = troubleOf(error) === 'connection';
			if (lost && connection !== undefined) this.#drop(connection);
			if (lost && begun && !this.#closed) reachability.failed(startedAt, performance.now());
			throw error;
		} finally {
			if (begun) reachability.ended();
			if (connection !== undefined && !connection.broken) this.#idle.push(connection);
			this.#lent -= 1;
			this.#waiting.shift()?.();
		}
	}

	/** Passes on what comes of a call, or rejects once nobody should wait for it any longer, because nothing answers anybody. */
	bound<Result>(startedAt: number, call: Promise<Result>): Promise<Result> {
		return this.#options.reachability.bound(startedAt, call);
	}

	/** Whether a call that began at `startedAt` has waited for long enough, as things are. */
	isOverdue(startedAt: number): boolean {
		return this.#options.reachability.isOverdue(startedAt) || performance.now() - startedAt > GIVE_UP_MS;
	}

	/** Ends all connections; what is under way is rejected. A second call does nothing. */
	async close(): Promise<void> {
		this.#closed = true;
		for (const next of this.#waiting.splice(0)) next();
		await Promise.all(
			[...this.#all].map(async (connection) => {
				if (this.#idle.includes(connection)) await endPolitely(connection);
				this.#drop(connection);
			}),
		);
	}

	/** Waits for one of the few connections to be free. */
	async #turn(): Promise<void> {
		while (this.#lent >= this.#options.maxConnections && !this.#closed) {
			await new Promise<void>((resolve) => {
				this.#waiting.push(resolve);
			});
		}
		if (this.#closed) {
			this.#waiting.shift()?.();
			throw new CoreError('shutting-down', 'Cannot ask the database: the store was closed.', {
				hint: 'Start Errand again and repeat the request.',
			});
		}
		this.#lent += 1;
	}

	async #connect(): Promise<Connection> {
		const { url, name, epoch } = this.#options;
		const socket = new Socket();
		const client = new Client({
			connectionString: url,
			application_name: name,
			connectionTimeoutMillis: CONNECT_MS,
			keepAlive: true,
			keepAliveInitialDelayMillis: 5_000,
			query_timeout: ANSWER_MS,
			// A little longer, so that a statement whose answer nobody waits for ends by itself.
			statement_timeout: ANSWER_MS + 1_000,
			idle_in_transaction_session_timeout: GIVE_UP_MS,
			stream: () => socket,
			types: { getTypeParser },
		});
		const connection: Connection = { client, socket, epoch: undefined, broken: false };
		// One that breaks while it rests is not lent again.
		client.on('error', () => this.#drop(connection));
		this.#all.add(connection);
		try {
			await client.connect();
			const known = epoch?.();
			connection.epoch = known;
			if (known !== undefined) await client.query("SELECT set_config('errand.epoch', $1, false)", [String(known)]);
		} catch (error) {
			this.#drop(connection);
			throw error;
		}
		return connection;
	}

	#drop(connection: Connection): void {
		connection.broken = true;
		this.#all.delete(connection);
		const place = this.#idle.indexOf(connection);
		if (place >= 0) this.#idle.splice(place, 1);
		connection.socket.destroy();
	}
}

/** A statement as the driver takes it. */
export function asQuery({ name, text, values = [], answerMs }: Statement) {
	const timeout = answerMs === undefined ? {} : { query_timeout: answerMs };
	return { ...(name === undefined ? {} : { name }), text, values: values.map(withoutNul), ...timeout };
}

/** Nothing is kept under a name with a zero character in it, so nothing is found. */
function withoutNul(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(withoutNul);
	return typeof value === 'string' && value.includes('\0') ? storableText(value) : value;
}

/** Runs `work` in one transaction, once; what the driver throws comes out as it is. */
export async function inTransaction<Result>(
	client: ClientBase,
	work: (client: ClientBase) => Promise<Result>,
): Promise<Result> {
	await client.query('BEGIN');
	try {
		const result = await work(client);
		await client.query('COMMIT');
		return result;
	} catch (error) {
		if (troubleOf(error) !== 'connection') await client.query('ROLLBACK');
		throw error;
	}
}

async function endPolitely({ client }: Connection): Promise<void> {
	await Promise.race([client.end().catch(() => undefined), wait(200, undefined, { ref: false })]);
}

/** getTypeParser reads `bigint` columns as numbers: they hold sequence numbers and times, which fit a number. */
export function getTypeParser(oid: number, format?: 'text' | 'binary') {
	if (oid === types.builtins.INT8) return Number;
	return types.getTypeParser(oid, format as 'text');
}
