import type { IClock } from '../../ports/clock.ts';

/** SystemClock is the machine's own time. Waits longer than a timer can hold are cut into pieces. */
export class SystemClock implements IClock {
	now(): number {
		return Date.now();
	}

	after(delayMs: number, run: () => void): () => void {
		const piece = Math.min(delayMs, MAX_TIMER_MS);
		let callOff: () => void;
		const timer = setTimeout(
			() => {
				if (delayMs > MAX_TIMER_MS) callOff = this.after(delayMs - MAX_TIMER_MS, run);
				else run();
			},
			Math.max(0, piece),
		);
		callOff = () => clearTimeout(timer);
		return () => callOff();
	}
}

// setTimeout fires at once when its delay does not fit 31 bits.
const MAX_TIMER_MS = 2 ** 31 - 1;
