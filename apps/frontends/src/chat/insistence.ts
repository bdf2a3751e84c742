import { CoreError, isCoreError } from '@errand/core/domain/errors.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import { BoundedMap } from './bounded-map.ts';
import { pause } from './pause.ts';
import { isPassing, isWelcomeAgain } from './welcome-again.ts';

/** Outcome is what became of a message: taken for good, refused for good, or to be sent again. */
export type Outcome =
	| { readonly kind: 'taken' }
	| { readonly kind: 'refused'; readonly error: CoreError }
	| { readonly kind: 'later' };

/** RETRY_WAITS_MS are the waits between attempts to take a message that breaks something; after the last it is let go. */
export const RETRY_WAITS_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000] as const;

interface InsistenceParts {
	/** What is tried, as the log calls it: `telegram update`. */
	readonly what: string;
	readonly clock: IClock;
	readonly log: ILogger;
	readonly waitsMs: readonly number[];
	readonly stopped: AbortSignal;
}

/**
 * Insistence tries again what fails for now. What fails because of a full disk or a shutdown is tried until that is over;
 * what fails in any other unforeseen way may be at fault itself, and is let go with an error after some attempts, so that
 * one poisoned message does not hold up all others.
 */
export class Insistence {
	readonly #parts: InsistenceParts;
	readonly #failures = new BoundedMap<string, number>(1_000);

	constructor(parts: InsistenceParts) {
		this.#parts = parts;
	}

	/** `insist` tries again here; else whoever brought it does, and the attempts are counted by `key`. */
	async attempt(key: string, insist: boolean, work: () => Promise<unknown>): Promise<Outcome> {
		const { clock, waitsMs, stopped } = this.#parts;
		for (let attempt = 0; ; attempt++) {
			const error = await failureOf(work);
			if (error === undefined) return this.#end(key, { kind: 'taken' });
			if (isCoreError(error) && !isWelcomeAgain(error)) return this.#end(key, { kind: 'refused', error });
			// As long as the server is full or stopping, nothing is taken and nothing is let go.
			if (!isPassing(error) && this.#count(key) > waitsMs.length) return this.#end(key, this.#letGo(key, error));
			this.#parts.log.warn(`${this.#parts.what} waits`, { key, error });
			if (!insist) return { kind: 'later' };
			await pause(clock, waitsMs[Math.min(attempt, waitsMs.length - 1)] ?? 1_000, stopped);
			if (stopped.aborted) return { kind: 'later' };
		}
	}

	#count(key: string): number {
		const failures = (this.#failures.get(key) ?? 0) + 1;
		this.#failures.set(key, failures);
		return failures;
	}

	#letGo(key: string, error: unknown): Outcome {
		const { what, log, waitsMs } = this.#parts;
		log.error(`${what} let go`, { key, attempts: waitsMs.length + 1, error });
		const message = 'Your message could not be taken: something broke again and again.';
		const hint = 'Send it once more in a while, or in other words. The log of the server says what broke.';
		return { kind: 'refused', error: new CoreError('internal', message, { hint, cause: error }) };
	}

	#end(key: string, outcome: Outcome): Outcome {
		this.#failures.delete(key);
		return outcome;
	}
}

async function failureOf(work: () => Promise<unknown>): Promise<unknown> {
	try {
		await work();
		return undefined;
	} catch (error) {
		return error ?? new Error('unknown');
	}
}
