import type { StreamId } from '../../domain/ids.ts';
import type { IClock } from '../../ports/clock.ts';
import type { IEventBus } from '../../ports/event-bus.ts';

/** StreamChanges lets callers wait until something is appended to a stream, here or at another process. */
export class StreamChanges {
	readonly #bus: IEventBus;
	readonly #clock: IClock;
	readonly #waiting = new Map<StreamId, Set<() => void>>();
	readonly #stopListening: readonly (() => void)[];
	#stopped = false;

	constructor({ bus, clock }: { bus: IEventBus; clock: IClock }) {
		this.#bus = bus;
		this.#clock = clock;
		this.#stopListening = [
			bus.subscribe('facts', ({ stream }) => this.#wake(stream)),
			bus.subscribe('missed', () => {
				for (const stream of [...this.#waiting.keys()]) this.#wake(stream);
			}),
		];
	}

	/**
	 * Calls `look` at once and after each change, until it gives something or `until` has come; then gives undefined. `again` is when time
	 * alone may change what it gives.
	 */
	async look<T>(
		stream: StreamId,
		{ until, signal }: { until: number; signal?: AbortSignal | undefined },
		look: () => Promise<{ found?: T | undefined; again?: number | undefined }>,
	): Promise<T | undefined> {
		const first = await look();
		if (first.found !== undefined) return first.found;
		if (this.#stopped || until <= this.#clock.now()) return undefined;
		const leave = await this.#bus.attend(stream);
		try {
			for (;;) {
				const change = this.#next(stream);
				const looked = await look();
				if (looked.found !== undefined) {
					change.stop();
					return looked.found;
				}
				const wake = Math.min(until, looked.again ?? until);
				await change.or(wake, signal);
				signal?.throwIfAborted();
				if (this.#stopped || this.#clock.now() >= until) {
					return (await look()).found;
				}
			}
		} finally {
			leave();
		}
	}

	/** Lets everybody who waits look once more, and then go. */
	stop(): void {
		this.#stopped = true;
		for (const stop of this.#stopListening) stop();
		for (const stream of [...this.#waiting.keys()]) this.#wake(stream);
	}

	/** The change after this call, also where it comes before anybody waits for it. */
	#next(stream: StreamId) {
		const clock = this.#clock;
		const { promise, resolve } = Promise.withResolvers<void>();
		const listeners = this.#waiting.get(stream) ?? new Set();
		this.#waiting.set(stream, listeners.add(resolve));
		const stop = () => {
			listeners.delete(resolve);
			if (listeners.size === 0 && this.#waiting.get(stream) === listeners) this.#waiting.delete(stream);
		};
		return {
			stop,
			or: async (at: number, signal: AbortSignal | undefined) => {
				const callOff = clock.after(Math.max(1, at - clock.now()), resolve);
				const give = () => resolve();
				signal?.addEventListener('abort', give);
				await promise;
				signal?.removeEventListener('abort', give);
				callOff();
				stop();
			},
		};
	}

	#wake(stream: StreamId): void {
		for (const resolve of this.#waiting.get(stream) ?? []) resolve();
	}
}
