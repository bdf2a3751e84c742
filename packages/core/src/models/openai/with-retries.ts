import type { IClock } from '../../ports/clock.ts';
import { PassingFault, signsOf } from '../model-fault.ts';
import { pause } from '../pause.ts';

/** RetryBounds limit how long one call goes on trying. */
export interface RetryBounds {
	readonly clock: IClock;
	readonly signal: AbortSignal;
	/** When the whole call must be over (ms since 1970). */
	readonly until: number;
	/** A server that asks for a longer wait than this is not waited for. */
	readonly maxWaitMs: number;
	/** Whom is asked, for the words of an error. */
	readonly name: string;
	/** A router waits for servers that are busy or in trouble: tried again is only what they did not refuse. */
	readonly routed?: boolean | undefined;
}

/**
 * withRetries tries again after a PassingFault, with growing waits or the one the server asks for. What it gives up on is
 * the fault's own error, carrying the server's wait as `retryAfterMs` and how many tries it is worth as `tries`.
 */
export async function withRetries<T>(attempt: (tried: number) => Promise<T>, bounds: RetryBounds): Promise<T> {
	for (let tried = 1; ; tried += 1) {
		try {
			return await attempt(tried);
		} catch (thrown) {
			if (!(thrown instanceof PassingFault)) throw thrown;
			const waitMs = thrown.waitMs ?? WAITS_MS[tried - 1] ?? 0;
			const inTime = waitMs <= bounds.maxWaitMs && bounds.clock.now() + waitMs < bounds.until;
			const isLeft = bounds.routed === true && signsOf(thrown.error).status !== undefined;
			if (tried >= thrown.tries || !inTime || isLeft) {
				const { error, waitMs: retryAfterMs, tries } = thrown;
				throw Object.assign(error, { tries, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
			}
			await pause(waitMs, bounds);
		}
	}
}

const WAITS_MS = [500, 2_000];
