import type { IClock } from '@errand/core/ports/clock.ts';
import { Countdown } from '../runs/countdown.ts';

/** PatienceParts say how long may be waited in all, and who hears when waiting begins and ends. */
interface PatienceParts {
	readonly clock: IClock;
	readonly ms: number;
	readonly onWaiting?: ((waits: boolean) => void) | undefined;
}

/** Patience sums up the time in which at least one call is under way; its signal aborts when that is used up. */
export class Patience {
	readonly ms: number;
	readonly #onWaiting: (waits: boolean) => void;
	readonly #lost = new AbortController();
	readonly #left: Countdown;
	#calls = 0;

	constructor({ clock, ms, onWaiting = () => {} }: PatienceParts) {
		this.ms = ms;
		this.#left = new Countdown(clock, ms, () => this.#lost.abort());
		this.#onWaiting = onWaiting;
	}

	get signal(): AbortSignal {
		return this.#lost.signal;
	}

	/** A call begins; each `begin` has its `end`. */
	begin(): void {
		this.#calls += 1;
		if (this.#calls > 1) return;
		this.#left.resume();
		this.#onWaiting(true);
	}

	end(): void {
		this.#calls -= 1;
		if (this.#calls > 0) return;
		this.#left.pause();
		this.#onWaiting(false);
	}
}
