import { describeError } from '../../domain/errors.ts';
import type { StreamId } from '../../domain/ids.ts';
import type { IClock } from '../../ports/clock.ts';
import type { BusMessages, IEventBus } from '../../ports/event-bus.ts';
import type { IEventStore, ISnapshotStore, StoredFact } from '../../ports/event-store.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { IStreamHomes } from '../../ports/stream-homes.ts';
import type { Decider } from './decide-batch.ts';
import { CommandHandler } from './handle-command.ts';
import { type OwedWork, type WorkKind, WorkLoop } from './work-loop.ts';

/** DrivingPorts is what streams are kept and driven with. */
export interface DrivingPorts {
	readonly store: IEventStore;
	readonly snapshots: ISnapshotStore;
	readonly bus: IEventBus;
	readonly homes: IStreamHomes;
	readonly clock: IClock;
	readonly log: ILogger;
}

/** How long (ms) until a stream is looked at again that could not be read. */
const RETRY_MS = 1_000;

interface Kind<State, Command extends { readonly at: number }, Fact, Work extends OwedWork>
	extends Omit<WorkKind<State, Work>, 'load'> {
	/** Every stream of this kind begins so. */
	readonly prefix: string;
	readonly decider: Decider<State, Command, Fact>;
	readonly homeOf?: ((stream: StreamId) => string | undefined) | undefined;
	/** Hears of facts appended here, before anybody else. */
	readonly appended?: ((facts: readonly StoredFact[], state: State) => void) | undefined;
}

/**
 * DrivenStreams are all streams of one kind: commands change them, and what they owe is carried out by the process that is
 * their home. Facts that others appended to a stream of this process arrive over the bus.
 */
export class DrivenStreams<State, Command extends { readonly at: number }, Fact, Work extends OwedWork> {
	readonly handler: CommandHandler<State, Command, Fact>;
	readonly #kind: Kind<State, Command, Fact, Work>;
	readonly #ports: DrivingPorts;
	readonly #loop: WorkLoop<State, Work>;
	readonly #stopListening: readonly (() => void)[];

	constructor(ports: DrivingPorts, kind: Kind<State, Command, Fact, Work>) {
		const { bus, homes } = ports;
		this.#kind = kind;
		this.#ports = ports;
		this.handler = new CommandHandler({
			...ports,
			decider: kind.decider,
			alone: homes.alone,
			drives: (stream) => this.#loop.has(stream),
			homeOf: kind.homeOf,
			appended: (stream, facts, state, home) => {
				kind.appended?.(facts, state);
				bus.publish('facts', { stream, facts, home });
				if (home === undefined) this.#loop.look(stream, state);
				else this.#loop.release(stream);
			},
		});
		this.#loop = new WorkLoop<State, Work>({ ...kind, load: (stream) => this.#readOn(stream) }, ports);
		this.#stopListening = [
			bus.subscribe('facts', (message) => {
				if (message.elsewhere === true && this.owns(message.stream)) this.#hear(message);
			}),
			bus.subscribe('missed', () => this.handler.distrust()),
		];
	}

	owns(stream: StreamId): boolean {
		return stream.startsWith(this.#kind.prefix);
	}

	/**
	 * Drives a stream from now on, or reads on where others appended to it and no hint came; resolves once it has been looked at,
	 * or will be later because it could not be read.
	 */
	async adopt(stream: StreamId, dueAt: number): Promise<void> {
		if (dueAt > this.#ports.clock.now()) return this.#loop.lookAt(stream, dueAt);
		this.handler.doubt(stream);
		return this.#drive(stream);
	}

	/** Whoever took a stream over has not told its home before. */
	#readOn(stream: StreamId): Promise<State | undefined> {
		this.handler.doubt(stream);
		return this.handler.own(stream);
	}

	async #drive(stream: StreamId): Promise<void> {
		const { clock, log } = this.#ports;
		try {
			const state = await this.handler.own(stream);
			if (state !== undefined) this.#loop.look(stream, state);
		} catch (error) {
			log.warn('stream not looked at', { stream, error: describeError(error), retryInMs: RETRY_MS });
			this.#loop.lookAt(stream, clock.now() + RETRY_MS);
		}
	}

	/** Drives nothing more until streams are adopted or appended to again. */
	letGo(): void {
		this.handler.distrust();
		this.#loop.releaseAll();
	}

	/** Looks at all streams that wait for a time, of those that `concerns` picks: something may be due before it. */
	lookAgain(concerns: (stream: StreamId) => boolean): void {
		this.#loop.lookAgain(concerns);
	}

	/** Carries an item of work out once more, if it is still owed: what was done for it may be lost. */
	again(stream: StreamId, key: string): void {
		this.#loop.again(stream, key);
	}

	/** Starts nothing more; safe to call twice. */
	stop(): void {
		for (const stop of this.#stopListening) stop();
		this.#loop.stop();
	}

	#hear({ stream, facts, home }: BusMessages['facts']): void {
		this.handler.heard(stream, facts);
		if (home === this.#ports.homes.self) void this.#drive(stream);
		else if (this.#loop.has(stream)) this.#loop.release(stream);
	}
}
