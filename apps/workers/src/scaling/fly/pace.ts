import type { IClock } from '@errand/core/ports/clock.ts';

/** Pace keeps calls within what Fly takes of one kind: three at once, then one a second (https://fly.io/docs/machines/api/working-with-machines-api/#rate-limits). */
export class Pace {
	readonly #clock: IClock;
	/** When the next call would be due had they all come a second apart. */
	#nextAt = 0;

	constructor(clock: IClock) {
		this.#clock = clock;
	}

	/** Resolves when a call may be made, or at once where nobody may make it any longer. */
	async turn(signal: AbortSignal): Promise<void> {
		const now = this.#clock.now();
		const waitMs = this.#nextAt - now - (BURST - 1) * EVERY_MS;
		this.#nextAt = Math.max(now, this.#nextAt) + EVERY_MS;
		if (waitMs <= 0 || signal.aborted) return;
		await new Promise<void>((resolve) => {
			const callOff = this.#clock.after(waitMs, resolve);
			signal.addEventListener(
				'abort',
				() => {
					callOff();
					resolve();
				},
				{ once: true },
			);
		});
	}
}

const BURST = 3;
const EVERY_MS = 1_000;
