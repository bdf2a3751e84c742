import type { IClock } from '@errand/core/ports/clock.ts';

/** PatienceParts say how long may be waited in all, and who hears when waiting begins and ends. */
interface PatienceParts {
	readonly clock: IClock;
	readonly ms: number;
	readonly onWaiting?: ((waits: boolean) => void) | undefined;
}

/** Patience sums up the time in which at least one call is under way; its signal aborts when that is used up. */
export class Patience {
	readonly ms: number;
	readonly #clock: IClock;
	readonly #onWaiting: (waits: boolean) => void;
	readonly #lost = new AbortController();
	#left: number;
	#calls = 0;
	#since = 0;
	#stopTimer: () => void = () => {};

	constructor({ clock, ms, onWaiting = () => {} }: PatienceParts) {
		this.#clock = clock;
		this.ms = ms;
		this.#left = ms;
		this.#onWaiting = onWaiting;
	}

	get signal(): AbortSignal {
		return this.#lost.signal;
	}

	/** A call begins; each `begin` has its `end`. */
	begin(): void {
		this.#calls += 1;
		if (this.#calls > 1) return;
		this.#since = this.#clock.now();
		this.#stopTimer = this.#clock.after(this.#left, () => this.#lost.abort());
		this.#onWaiting(true);
	}

	end(): void {
		this.#calls -= 1;
		if (this.#calls > 0) return;
		this.#stopTimer();
		this.#left = Math.max(0, this.#left - (this.#clock.now() - this.#since));
		this.#onWaiting(false);
	}
}
