import { setTimeout as wait } from 'node:timers/promises';
import type { CoreError } from '../../domain/errors.ts';
import { asStreamId, type StreamId } from '../../domain/ids.ts';
import type { Append, AppendResult } from '../../ports/event-store.ts';
import { type AppendAnswer, appendStatement, type SaltedAppend } from './append-statement.ts';
import type { DiskCondition } from './disk-condition.ts';
import { isDataError, translatePostgresError, troubleOf } from './postgres-errors.ts';
import { asQuery, type PostgresLine } from './postgres-line.ts';

interface Parts {
	readonly line: PostgresLine;
	readonly self: string;
	readonly room: DiskCondition;
	/** Called after each batch that wrote something. */
	readonly written: () => void;
	/** Called with streams whose append was given up without knowing whether it was written. */
	readonly doubtful: (streams: readonly StreamId[]) => void;
}

interface Pending {
	readonly salted: SaltedAppend;
	readonly since: number;
	readonly resolve: (result: AppendResult) => void;
	readonly reject: (error: CoreError) => void;
	/** Nobody waits for it any longer. */
	abandoned: boolean;
}

/** Batches under way at once. */
const MAX_IN_FLIGHT = 2;
/**
 * How long (ms) a batch is under way before a second one goes beside it. A transaction costs both sides twenty times what an append
 * in it does, so while answers come quickly, what comes meanwhile had better go together; where they do not, it must not wait for one.
 */
const ALONE_MS = 10;
const MAX_APPENDS = 500;
const MAX_CHARACTERS = 4 * 1024 * 1024;
const BETWEEN_ATTEMPTS_MS = 100;

/**
 * AppendQueue sends all appends of one event-loop turn in one round trip, and gathers the next ones meanwhile. Appends to
 * one stream keep their order: none is sent while an earlier one is under way.
 */
export class AppendQueue {
	readonly #parts: Parts;
	readonly #busyStreams = new Set<string>();
	readonly #busyKeys = new Set<string>();
	#queue: Pending[] = [];
	#inFlight = 0;
	#scheduled = false;
	#lastSentAt = 0;
	#besideLater: NodeJS.Timeout | undefined;

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	/** Resolves once it is written; rejects within about a second where the database answers nobody. */
	async add(salted: SaltedAppend): Promise<AppendResult> {
		const { promise, resolve, reject } = Promise.withResolvers<AppendResult>();
		const pending: Pending = { salted, since: performance.now(), resolve, reject, abandoned: false };
		this.#queue.push(pending);
		if (!this.#scheduled) {
			this.#scheduled = true;
			setImmediate(this.#flush);
		}
		try {
			return await this.#parts.line.bound(pending.since, promise);
		} catch (cause) {
			const error = translatePostgresError(cause, 'write history');
			if (error.code === 'store-unreachable') this.#abandon(pending);
			throw error;
		}
	}

	/** Resolves once nothing is queued or under way. */
	async idle(): Promise<void> {
		while (this.#queue.length > 0 || this.#inFlight > 0) await wait(5);
	}

	/** Whether it was or will be written is not known. */
	#abandon(pending: Pending): void {
		pending.abandoned = true;
		this.#parts.doubtful([pending.salted.append.stream]);
	}

	readonly #flush = (): void => {
		this.#scheduled = false;
		while (this.#inFlight < MAX_IN_FLIGHT && this.#queue.length > 0) {
			const earlyMs = this.#inFlight === 0 ? 0 : this.#lastSentAt + ALONE_MS - performance.now();
			if (earlyMs > 0) return this.#flushLater(earlyMs);
			const batch = this.#take();
			if (batch.length === 0) return;
			void this.#carry(batch);
		}
	};

	#flushLater(ms: number): void {
		this.#besideLater ??= setTimeout(() => {
			this.#besideLater = undefined;
			this.#flush();
		}, Math.ceil(ms));
	}

	/** What can go now, in the order of the calls; an append waits for an earlier one of its stream or with its key. */
	#take(): Pending[] {
		const batch: Pending[] = [];
		const left: Pending[] = [];
		const held = new Set<string>();
		const keys = new Set<string>();
		let characters = 0;
		for (const pending of this.#queue) {
			const { stream, idempotencyKey: key } = pending.salted.append;
			const full = batch.length >= MAX_APPENDS || characters >= MAX_CHARACTERS;
			const keyBusy = key !== undefined && (keys.has(key) || this.#busyKeys.has(key));
			if (full || held.has(stream) || this.#busyStreams.has(stream) || keyBusy) {
				held.add(stream);
				left.push(pending);
				continue;
			}
			if (key !== undefined) keys.add(key);
			characters += pending.salted.payload.length;
			batch.push(pending);
		}
		this.#queue = left;
		return batch;
	}

	async #carry(batch: readonly Pending[]): Promise<void> {
		const streams = new Set(batch.map(({ salted }) => salted.append.stream));
		const keys = new Set(batch.flatMap(({ salted }) => salted.append.idempotencyKey ?? []));
		for (const stream of streams) this.#busyStreams.add(stream);
		for (const key of keys) this.#busyKeys.add(key);
		this.#inFlight += 1;
		this.#lastSentAt = performance.now();
		try {
			await this.#send(batch);
		} finally {
			this.#inFlight -= 1;
			for (const stream of streams) this.#busyStreams.delete(stream);
			for (const key of keys) this.#busyKeys.delete(key);
			this.#flush();
		}
	}

	/** Tries until there is an answer; each append gives up when its own time is over. */
	async #send(all: readonly Pending[]): Promise<void> {
		const { line, self } = this.#parts;
		for (let batch = all.filter(({ abandoned }) => !abandoned); batch.length > 0; ) {
			const sent = batch;
			try {
				const statement = appendStatement(
					self,
					sent.map(({ salted }) => salted),
				);
				const { rows } = await line.attempt((client) => client.query<AppendAnswer>(asQuery(statement)));
				this.#answer(sent, rows);
				return;
			} catch (error) {
				if (troubleOf(error) === 'final') return this.#refuse(sent, error);
				const late = sent.filter(({ since }) => line.isOverdue(since));
				for (const { reject } of late) reject(translatePostgresError(error, 'write history'));
				batch = sent.filter((pending) => !late.includes(pending));
			}
			await wait(BETWEEN_ATTEMPTS_MS * Math.random());
			batch = batch.filter(({ abandoned }) => !abandoned);
		}
	}

	#answer(batch: readonly Pending[], rows: readonly AppendAnswer[]): void {
		let written = false;
		for (const [index, pending] of batch.entries()) {
			const { resolve, salted } = pending;
			const row = rows[index];
			if (row === undefined) throw new TypeError('The database answered fewer appends than it was sent.');
			written ||= row.outcome === 'appended';
			// Looked at again, now that it is known to be there.
			if (pending.abandoned) this.#abandon(pending);
			resolve(resultOf(row, salted.append));
		}
		if (written) this.#parts.written();
	}

	/** Nothing of the batch was written. Where one append is at fault, the others are tried without it. */
	async #refuse(batch: readonly Pending[], cause: unknown): Promise<void> {
		if (isDataError(cause) && batch.length > 1) {
			for (const pending of batch) await this.#send([pending]);
			return;
		}
		const error = translatePostgresError(cause, 'write history');
		if (error.code === 'disk-full') this.#parts.room.reportFull();
		for (const { reject } of batch) reject(error);
	}
}

function resultOf({ outcome, stream, seq, at, home }: AppendAnswer, append: Append): AppendResult {
	switch (outcome) {
		case 'appended':
			return { kind: 'appended', firstSeq: seq, at: at ?? append.at, ...(home === null ? {} : { home }) };
		case 'duplicate':
			return { kind: 'duplicate', stream: asStreamId(stream ?? append.stream), firstSeq: seq };
		case 'conflict':
			return { kind: 'conflict', actualSeq: seq };
	}
}
