import type { IClock } from '@errand/core/ports/clock.ts';

/** TimeLimit lets a run work for so long; time in which it is paused does not count. */
export class TimeLimit {
	readonly #clock: IClock;
	readonly #onEnd: () => void;
	#left: number;
	#since: number;
	#stopTimer: (() => void) | undefined;
	#isOver = false;

	constructor(clock: IClock, ms: number, onEnd: () => void) {
		this.#clock = clock;
		this.#left = ms;
		this.#onEnd = onEnd;
		this.#since = clock.now();
		this.#stopTimer = clock.after(ms, onEnd);
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

	/** The run is over: nothing starts the time again. */
	stop(): void {
		this.#isOver = true;
		this.#stopTimer?.();
	}
}
