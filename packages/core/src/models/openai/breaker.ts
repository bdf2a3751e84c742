import type { IClock } from '../../ports/clock.ts';

/** Breaker spares a service that is down: after so many failed calls in a row it lets none through for a while, then one that tries. */
export class Breaker {
	readonly #clock: IClock;
	readonly #limit: number;
	readonly #restMs: number;
	#failures = 0;
	#closedUntil = 0;
	#trying = false;

	constructor({ clock, failures = 3, restMs = 30_000 }: { clock: IClock; failures?: number; restMs?: number }) {
		this.#clock = clock;
		this.#limit = failures;
		this.#restMs = restMs;
	}

	/** Lets a call through (undefined), or says until when it will not. Each call let through ends with `worked`, `failed` or `undecided`. */
	admit(): number | undefined {
		if (this.#failures < this.#limit) return undefined;
		const now = this.#clock.now();
		if (now < this.#closedUntil) return this.#closedUntil;
		// While one tries, the others wait for what it finds.
		if (this.#trying) return now + TRY_AGAIN_MS;
		this.#trying = true;
		return undefined;
	}

	worked(): void {
		this.#failures = 0;
		this.#trying = false;
	}

	failed(): void {
		this.#failures += 1;
		this.#trying = false;
		if (this.#failures >= this.#limit) this.#closedUntil = this.#clock.now() + this.#restMs;
	}

	/** The call was called off before it showed anything. */
	undecided(): void {
		this.#trying = false;
	}
}

const TRY_AGAIN_MS = 1_000;
