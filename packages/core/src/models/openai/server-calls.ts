import { isCoreError } from '../../domain/errors.ts';
import type { IClock } from '../../ports/clock.ts';
import { cancelled, faultOf, unavailable } from '../model-fault.ts';
import { orAborted } from '../or-aborted.ts';
import { Breaker } from './breaker.ts';
import { OPENAI_SETTINGS, type ServerSettings } from './server-settings.ts';
import { type ServerLife, Watch, type WatchBounds } from './watch.ts';
import { withRetries } from './with-retries.ts';

/** CallBounds say how patiently a server is called. */
export interface CallBounds extends WatchBounds {
	/** A busy server that asks for a longer wait is not waited for. */
	readonly maxWaitMs: number;
	/** It may answer one request after the other, so that one waits in silence while others are answered. */
	readonly inTurn: boolean;
	/** A router decides about further tries and about rest: only what a server wants said at once in another way is tried again here. */
	readonly routed?: boolean | undefined;
}

interface ServerCallsOptions {
	readonly clock: IClock;
	readonly bounds: CallBounds;
	/** The key, which no error may repeat. */
	readonly secret: string | undefined;
	readonly settings?: ServerSettings | undefined;
}

/** ServerCalls makes calls to one server: admitted by a breaker, watched, tried within bounds, every failure a CoreError. */
export class ServerCalls {
	readonly #clock: IClock;
	readonly #bounds: CallBounds;
	readonly #secret: string | undefined;
	readonly #settings: ServerSettings;
	readonly #breaker: Breaker;
	readonly #life: ServerLife | undefined;

	constructor({ clock, bounds, secret, settings = OPENAI_SETTINGS }: ServerCallsOptions) {
		this.#settings = settings;
		this.#clock = clock;
		this.#bounds = bounds;
		this.#secret = secret;
		this.#breaker = new Breaker({ clock });
		this.#life = bounds.inTurn ? { wroteAt: 0 } : undefined;
	}

	/** `name` says whom is called, as it is known at the moment. */
	async call<T>(
		attempt: (watch: Watch, tried: number) => Promise<T>,
		{ signal, name }: { signal: AbortSignal; name: () => string },
	): Promise<T> {
		if (signal.aborted) throw cancelled(name());
		const { routed = false } = this.#bounds;
		const downUntil = routed ? undefined : this.#breaker.admit();
		if (downUntil !== undefined) throw this.#down(name(), downUntil);
		const clock = this.#clock;
		const bounds = this.#bounds;
		const startedAt = clock.now();
		const until = startedAt + bounds.totalMs;
		const watched = async (tried: number) => {
			const watch = new Watch({ clock, signal, bounds, startedAt, life: this.#life });
			try {
				return await orAborted(attempt(watch, tried), watch.signal);
			} catch (error) {
				const place = { name: name(), silenceMs: watch.quietMs, now: clock.now(), secret: this.#secret };
				throw faultOf(error, { ...place, settings: this.#settings }, watch.ended);
			} finally {
				watch.close();
			}
		};
		try {
			const value = await withRetries(watched, {
				clock,
				signal,
				until,
				maxWaitMs: routed ? 0 : bounds.maxWaitMs,
				name: name(),
				routed,
			});
			this.#breaker.worked();
			return value;
		} catch (error) {
			if (isCoreError(error, 'model-unavailable')) this.#breaker.failed();
			else if (isCoreError(error, 'cancelled')) this.#breaker.undecided();
			else this.#breaker.worked();
			throw error;
		}
	}

	#down(name: string, until: number): Error {
		const retryAfterMs = Math.max(0, until - this.#clock.now());
		const error = unavailable(
			`${name} failed several times in a row and is not asked for the next ${Math.max(1, Math.ceil(retryAfterMs / 1_000))} s`,
			`Check that the server at ${this.#settings.address} runs and can be reached; then it is tried again by itself.`,
		);
		return Object.assign(error, { retryAfterMs });
	}
}
