import type { IClock } from '../../ports/clock.ts';

/** At most ten a second. */
const MIN_GAP_MS = 100;

/**
 * LatestWord thins out words of which only the latest counts: the first is sent at once, then the newest one every tenth of a
 * second, and the last one within that time, unless `stop` comes first.
 */
export class LatestWord<T> {
	readonly #clock: IClock;
	readonly #send: (word: T) => void;
	#held: { readonly word: T } | undefined;
	#callOff: (() => void) | undefined;

	constructor(clock: IClock, send: (word: T) => void) {
		this.#clock = clock;
		this.#send = send;
	}

	say(word: T): void {
		if (this.#callOff === undefined) this.#sendNow(word);
		else this.#held = { word };
	}

	/** What is held back is dropped. */
	stop(): void {
		this.#callOff?.();
		this.#callOff = undefined;
		this.#held = undefined;
	}

	#sendNow(word: T): void {
		this.#held = undefined;
		this.#callOff = this.#clock.after(MIN_GAP_MS, () => {
			this.#callOff = undefined;
			if (this.#held !== undefined) this.#sendNow(this.#held.word);
		});
		this.#send(word);
	}
}
