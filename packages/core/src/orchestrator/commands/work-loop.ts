import { describeError, isCoreError } from '../../domain/errors.ts';
import type { StreamId } from '../../domain/ids.ts';
import type { IClock } from '../../ports/clock.ts';
import type { ILogger } from '../../ports/logger.ts';
import { type Sleeper, WakeUps } from './wake-ups.ts';

/** OwedWork is one item of a stream's pending work; see `TaskWork`. */
export type OwedWork = { readonly key: string; readonly kind: string; readonly until?: number };

/** WorkKind is how one kind of stream reads off and carries out its pending work. */
export interface WorkKind<State, Work extends OwedWork> {
	pending(state: State | undefined, now: number, stream: StreamId): readonly Work[];
	/** Loads a stream whose time has come. */
	load(stream: StreamId): Promise<State | undefined>;
	/** Carries one item out; what it leads to comes back as facts. Rejecting means: try again in a while. */
	carryOut(stream: StreamId, work: Work, state: State): Promise<void>;
	/** An item is owed no longer, in this state: it was carried out, or something else made it needless. */
	dropped?(work: Work, state: State): void;
	/** Gets ready for a stream whose time comes in `ms`: what is loaded when it is first needed is then there. */
	readonly ahead?: { readonly ms: number; prepare(stream: StreamId): Promise<void> } | undefined;
	/** Another process carries an item out from now on. */
	released?(stream: StreamId, work: Work): void;
}

/** First and longest wait (ms) before work that could not be carried out is tried again. */
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 30_000;

/** Streams that are read at once because their time has come. */
const AWAKE_AT_ONCE = 500;

/** What is kept of a stream that is driven; of one that only waits, no more than this. */
interface Looking<Work> extends Sleeper {
	readonly stream: StreamId;
	/** Made with the first item. */
	underWay: Map<string, Work> | undefined;
	failures: number;
}

/**
 * WorkLoop keeps the world in step with history: after every change of a stream it starts what is newly owed, drops what
 * is owed no longer, and looks again when time alone makes something due.
 */
export class WorkLoop<State, Work extends OwedWork> {
	readonly #kind: WorkKind<State, Work>;
	readonly #clock: IClock;
	readonly #log: ILogger;
	readonly #streams = new Map<StreamId, Looking<Work>>();
	readonly #wakeUps: WakeUps<Looking<Work>>;
	#stopped = false;

	constructor(kind: WorkKind<State, Work>, { clock, log }: { clock: IClock; log: ILogger }) {
		this.#kind = kind;
		this.#clock = clock;
		this.#log = log;
		const { ahead } = kind;
		this.#wakeUps = new WakeUps(clock, {
			wake: ({ stream }) => this.#wake(stream),
			atOnce: AWAKE_AT_ONCE,
			...(ahead === undefined ? {} : { ahead: { ms: ahead.ms, look: ({ stream }) => this.#prepare(ahead, stream) } }),
		});
	}

	/** Compares what a stream is owed with what is under way. Cheap when nothing changed. */
	look(stream: StreamId, state: State): void {
		if (this.#stopped) return;
		const owed = this.#kind.pending(state, this.#clock.now(), stream);
		const looking = this.#streams.get(stream) ?? newLooking<Work>(stream);
		this.#dropUnwanted(looking, owed, state);
		if (owed.every(({ until }) => until === undefined)) this.#wakeUps.unset(looking);
		if (owed.length === 0) {
			this.#streams.delete(stream);
			return;
		}
		this.#streams.set(stream, looking);
		for (const work of owed) {
			if (work.until !== undefined) this.#wakeUps.set(looking, work.until);
			else if (looking.underWay?.has(work.key) !== true) this.#start(stream, looking, work, state);
		}
	}

	/** Looks at a stream once a time has come, without keeping its state until then. */
	lookAt(stream: StreamId, at: number): void {
		const looking = this.#streams.get(stream) ?? newLooking<Work>(stream);
		this.#streams.set(stream, looking);
		this.#wakeUps.set(looking, at);
	}

	/** Looks at all streams that wait for a time, of those that `concerns` picks: something may be due before it. */
	lookAgain(concerns: (stream: StreamId) => boolean): void {
		for (const stream of [...this.#streams.keys()].filter(concerns)) void this.#wake(stream);
	}

	has(stream: StreamId): boolean {
		return this.#streams.has(stream);
	}

	/** Lets go of a stream that is driven elsewhere: nothing more is started for it here. */
	release(stream: StreamId): void {
		const looking = this.#streams.get(stream);
		if (looking === undefined) return;
		this.#streams.delete(stream);
		this.#wakeUps.unset(looking);
		const underWay = [...(looking.underWay?.values() ?? [])];
		// What still ends finds itself no longer listed, and is not tried again.
		looking.underWay?.clear();
		for (const work of underWay) this.#kind.released?.(stream, work);
	}

	releaseAll(): void {
		for (const stream of [...this.#streams.keys()]) this.release(stream);
	}

	/** Carries an item out once more, if it is still owed: what was done for it may be lost. */
	again(stream: StreamId, key: string): void {
		if (this.#streams.get(stream)?.underWay?.delete(key) === true) void this.#wake(stream);
	}

	/** Streams that have work under way or a time to wake at. */
	get size(): number {
		return this.#streams.size;
	}

	/** Starts nothing more; what is under way goes on until its own parts are stopped. */
	stop(): void {
		this.#stopped = true;
		this.#wakeUps.stop();
		this.#streams.clear();
	}

	#dropUnwanted(looking: Looking<Work>, owed: readonly Work[], state: State): void {
		if (looking.underWay === undefined || looking.underWay.size === 0) return;
		const wanted = new Set(owed.map(({ key }) => key));
		for (const [key, work] of looking.underWay) {
			if (wanted.has(key)) continue;
			looking.underWay.delete(key);
			this.#kind.dropped?.(work, state);
		}
	}

	#start(stream: StreamId, looking: Looking<Work>, work: Work, state: State): void {
		looking.underWay ??= new Map();
		looking.underWay.set(work.key, work);
		this.#kind.carryOut(stream, work, state).then(
			() => {
				looking.failures = 0;
			},
			(error: unknown) => this.#retry(stream, looking, work, error),
		);
	}

	/** Not a step's failure but ours: a full disk, a lost connection, a defect. The work stays owed. */
	#retry(stream: StreamId, looking: Looking<Work>, work: Work, error: unknown): void {
		if (this.#stopped || looking.underWay?.get(work.key) !== work) return;
		looking.underWay.delete(work.key);
		looking.failures += 1;
		const wait = waitAfter(looking.failures);
		const level = isCoreError(error, 'disk-full') || isCoreError(error, 'frontend-down') ? 'debug' : 'warn';
		this.#log[level]('work not carried out', { stream, work: work.key, error: describeError(error), retryInMs: wait });
		this.#wakeUps.set(looking, this.#clock.now() + wait);
	}

	/** What fails here fails again when it is due, and is told then. */
	#prepare(ahead: NonNullable<WorkKind<State, Work>['ahead']>, stream: StreamId): void {
		ahead.prepare(stream).catch((error: unknown) => {
			this.#log.debug('not made ready', { stream, error: describeError(error) });
		});
	}

	async #wake(stream: StreamId): Promise<void> {
		try {
			const state = await this.#kind.load(stream);
			if (state !== undefined) this.look(stream, state);
		} catch (error) {
			const looking = this.#streams.get(stream);
			if (looking === undefined || this.#stopped) return;
			looking.failures += 1;
			const wait = waitAfter(looking.failures);
			this.#log.warn('stream not loaded', { stream, error: describeError(error), retryInMs: wait });
			this.#wakeUps.set(looking, this.#clock.now() + wait);
		}
	}
}

function newLooking<Work>(stream: StreamId): Looking<Work> {
	return { stream, underWay: undefined, failures: 0, wakeAt: 0, place: undefined };
}

function waitAfter(failures: number): number {
	return Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LONGEST_RETRY_MS);
}
