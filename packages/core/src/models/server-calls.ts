import { isCoreError } from '../domain/errors.ts';
import type { IClock } from '../ports/clock.ts';
import { Breaker } from './breaker.ts';
import { cancelled, faultOf, unavailable } from './model-fault.ts';
import { Watch } from './watch.ts';
import { withRetries } from './with-retries.ts';

/** CallBounds say how patiently a server is called. */
export interface CallBounds {
	/** How long it may send nothing. */
	readonly silenceMs: number;
	/** How long one call may take, with all its tries and waits. */
	readonly totalMs: number;
	/** A busy server that asks for a longer wait is not waited for. */
	readonly maxWaitMs: number;
}

/** ServerCalls makes calls to one server: admitted by a breaker, watched, tried within bounds, every failure a CoreError. */
export class ServerCalls {
	readonly #clock: IClock;
	readonly #bounds: CallBounds;
	readonly #secret: string | undefined;
	readonly #breaker: Breaker;

	constructor({ clock, bounds, secret }: { clock: IClock; bounds: CallBounds; secret: string | undefined }) {
		this.#clock = clock;
		this.#bounds = bounds;
		this.#secret = secret;
		this.#breaker = new Breaker({ clock });
	}

	/** `name` says whom is called, as it is known at the moment. */
	async call<T>(
		attempt: (watch: Watch, tried: number) => Promise<T>,
		{ signal, name }: { signal: AbortSignal; name: () => string },
	): Promise<T> {
		if (signal.aborted) throw cancelled(name());
		const downUntil = this.#breaker.admit();
		if (downUntil !== undefined) throw this.#down(name(), downUntil);
		const clock = this.#clock;
		const { silenceMs, totalMs, maxWaitMs } = this.#bounds;
		const until = clock.now() + totalMs;
		const watched = async (tried: number) => {
			const watch = new Watch({ clock, signal, silenceMs, until });
			try {
				return await orAborted(attempt(watch, tried), watch.signal);
			} catch (error) {
				throw faultOf(error, { name: name(), silenceMs, now: clock.now(), secret: this.#secret }, watch.ended);
			} finally {
				watch.close();
			}
		};
		try {
			const value = await withRetries(watched, { clock, signal, until, maxWaitMs, name: name() });
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
		const error = unavailable(
			`${name} failed several times in a row and is taken for down until ${new Date(until).toISOString()}`,
			'Check that the server at OPENAI_BASE_URL runs and can be reached; then it is tried again by itself.',
		);
		return Object.assign(error, { retryAfterMs: until - this.#clock.now() });
	}
}

/** Leaves at once when called off, whatever the library or the line is waiting for. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
	return new Promise((resolve, reject) => {
		const onAbort = () => reject(signal.reason);
		signal.addEventListener('abort', onAbort, { once: true });
		if (signal.aborted) onAbort();
		work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
	});
}
