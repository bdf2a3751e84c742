import { setTimeout as wait } from 'node:timers/promises';
import type { ClientBase } from 'pg';
import { describeError } from '../../../domain/errors.ts';
import type { StreamId } from '../../../domain/ids.ts';
import type { ILogger } from '../../../ports/logger.ts';
import type { HomeEvents, IStreamHomes } from '../../../ports/stream-homes.ts';
import { asQuery, type PostgresLine } from '../postgres-line.ts';
import { Adoption } from './adoption.ts';

interface Dependencies {
	readonly line: PostgresLine;
	readonly self: string;
	readonly log: ILogger;
}

interface Beat {
	readonly lapsed: boolean;
	readonly living: readonly { readonly self: string; readonly offers: readonly string[] }[];
	readonly orphaned: readonly string[];
	readonly nudged: boolean;
}

const BEAT_EVERY_MS = 300;
const LEASE_MS = 1_200;
/** An answer that takes longer comes too late for the lease. */
const BEAT_ANSWER_MS = 1_000;

/**
 * PostgresHomes keeps this process's lease by the server's clock, and has what nobody drives handed over. An append sets
 * the home of its stream in its own transaction; what happens here is the rest: adoption, and what a lost hint left undone.
 */
export class PostgresHomes implements IStreamHomes {
	readonly alone = false;
	readonly #deps: Dependencies;
	readonly #adoption: Adoption;
	#events: HomeEvents | undefined;
	#offers: readonly string[] = [];
	#living: Beat['living'] = [];
	/** The server has heard of this process before. */
	#known = false;
	#timer: NodeJS.Timeout | undefined;
	#beating: Promise<Beat> | undefined;
	#stopped = false;

	constructor(deps: Dependencies) {
		this.#deps = deps;
		this.#adoption = new Adoption(deps);
	}

	get self(): string {
		return this.#deps.self;
	}

	/**
	 * Resolves once what nobody drives was handed over; what the dead drive follows when they are known to be dead. While the
	 * database is slow to answer this takes longer, because a process without a lease would neither drive nor adopt anything.
	 */
	async start(events: HomeEvents): Promise<void> {
		this.#events = events;
		const beat = await this.#firstBeat();
		if (beat === undefined) return;
		this.#schedule(BEAT_EVERY_MS);
		await this.#adopt(events, beat.orphaned);
	}

	async offer(names: readonly string[]): Promise<void> {
		this.#offers = [...names];
		if (this.#events === undefined || this.#stopped) return;
		await this.#beating?.catch(() => undefined);
		await this.#deps.line.run('say what this process offers', this.#beat);
	}

	offering(name: string): string | undefined {
		if (this.#offers.includes(name) && !this.#stopped) return this.self;
		return this.#living.find((process) => process.self !== this.self && process.offers.includes(name))?.self;
	}

	async claim(prefix: string, sparing?: string): Promise<void> {
		if (this.#events !== undefined) await this.#adoption.claim(this.#events, prefix, sparing);
	}

	/** Streams of which this process does not know whether it should drive them: they are handed over again if it should. */
	recall(streams: readonly StreamId[]): void {
		this.#adoption.recall(streams);
	}

	async stop(): Promise<void> {
		if (this.#stopped) return;
		this.#stopped = true;
		clearTimeout(this.#timer);
		this.#adoption.stop();
		await this.#beating?.catch(() => undefined);
		if (this.#events === undefined) return;
		try {
			await this.#deps.line.attempt((client) =>
				client.query(`UPDATE errand.processes SET alive_until = '-infinity' WHERE self = $1`, [this.self]),
			);
		} catch {
			// The lease runs out by itself.
		}
	}

	async #firstBeat(): Promise<Beat | undefined> {
		while (!this.#stopped) {
			try {
				return await this.#deps.line.run('say that this process lives', this.#beat, { insists: true });
			} catch (error) {
				this.#deps.log.warn('work not taken up yet', { error: describeError(error) });
				await wait(BEAT_EVERY_MS, undefined, { ref: false });
			}
		}
		return undefined;
	}

	#schedule(inMs: number): void {
		if (this.#stopped) return;
		this.#timer = setTimeout(() => void this.#tick(), inMs).unref();
	}

	async #tick(): Promise<void> {
		const startedAt = performance.now();
		const events = this.#events;
		try {
			// It shows everybody in this process whether the database answers again.
			this.#beating = this.#deps.line.attempt(this.#beat, { insists: true });
			const beat = await this.#beating;
			if (events !== undefined && !this.#stopped) this.#react(beat, events);
		} catch (error) {
			this.#deps.log.debug('lease not renewed', { error: describeError(error) });
		}
		this.#schedule(Math.max(0, BEAT_EVERY_MS - (performance.now() - startedAt)));
	}

	#react(beat: Beat, events: HomeEvents): void {
		if (beat.lapsed) {
			this.#deps.log.warn('lease ran out', { self: this.self });
			events.lapsed();
			this.#adoption.recallAll();
		}
		if (beat.orphaned.length > 0 || beat.nudged || this.#adoption.owes) {
			void this.#adopt(events, beat.orphaned);
		}
	}

	/** What could not be handed over is owed to the next beats. */
	async #adopt(events: HomeEvents, orphaned: readonly string[]): Promise<void> {
		try {
			await this.#adoption.run(events, orphaned);
		} catch (error) {
			this.#deps.log.warn('streams not adopted', { error: describeError(error) });
		}
	}

	readonly #beat = async (client: ClientBase): Promise<Beat> => {
		const statement = asQuery({
			name: 'errand-beat',
			text: 'SELECT lapsed, living, orphaned, nudged FROM errand.beat($1, $2, make_interval(secs => $3), $4)',
			values: [this.self, this.#offers, LEASE_MS / 1_000, this.#known],
			answerMs: BEAT_ANSWER_MS,
		});
		const { rows } = await client.query<Beat>(statement);
		const [beat] = rows;
		if (beat === undefined) throw new TypeError('The database did not answer a beat.');
		this.#known = true;
		this.#living = beat.living;
		return beat;
	};
}
