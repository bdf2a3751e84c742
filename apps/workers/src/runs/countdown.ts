import type { IClock } from '@errand/core/ports/clock.ts';

/** Countdown calls back once it has run for so long; it stands still until it is resumed, and while it is paused. */
export class Countdown {
	readonly #clock: IClock;
	readonly #onEnd: () => void;
	#left: number;
	#since = 0;
	#stopTimer: (() => void) | undefined;
	#isOver = false;

	constructor(clock: IClock, ms: number, onEnd: () => void) {
		this.#clock = clock;
		this.#left = ms;
		this.#onEnd = onEnd;
	}

	pause(): void {
		if (this.#stopTimer === undefined) return;
		this.#stopTimer();
		this.#stopTimer = undefined;
		this.#left = Math.max(0, this.#left - (this.#clock.now() - this.#since));
	}

	resume(): void {
		if (this.#isOver || this.#stopTimer !== undefined) return;
		this.#since = this.#clock.now();
		this.#stopTimer = this.#clock.after(this.#left, this.#onEnd);
	}

	/** Nothing starts it again. */
	stop(): void {
		this.#isOver = true;
		this.#stopTimer?.();
	}
}
