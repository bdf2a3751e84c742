import type { IClock } from '../ports/clock.ts';

/** Longest that work waits while more keeps coming in, ms. Platforms give up on an acknowledgement after a few seconds. */
const LONGEST_MS = 250;
/** Work that goes on in one turn of the loop; what several append in it is one commit. */
const AT_ONCE = 8;

interface Wait {
	readonly go: () => void;
	readonly callOff: () => void;
}

/**
 * Arrivals knows what is being taken in from outside right now, so that the work it brings does not hold up the
 * acknowledgement of what came with it: whoever calls waits for that, and calls again without it.
 */
export class Arrivals {
	readonly #clock: IClock;
	readonly #waiting = new Set<Wait>();
	#underWay = 0;
	#stopped = false;

	constructor(clock: IClock) {
		this.#clock = clock;
	}

	/** Takes something in. */
	async during<Taken>(take: () => Promise<Taken>): Promise<Taken> {
		this.#underWay++;
		try {
			return await take();
		} finally {
			this.#underWay--;
			// After whatever is still to be said to the caller, and after what else this turn of the loop brings in.
			if (this.#underWay === 0 && this.#waiting.size > 0) setImmediate(() => this.#goOn());
		}
	}

	/** Resolves once nothing is being taken in, or it was waited for long enough; never after `stop`. */
	calm(): Promise<void> {
		if (this.#stopped) return new Promise(() => {});
		if (this.#underWay === 0) return Promise.resolve();
		return new Promise((resolve) => {
			const wait: Wait = {
				go: () => this.#end(wait, resolve),
				callOff: this.#clock.after(LONGEST_MS, () => wait.go()),
			};
			this.#waiting.add(wait);
		});
	}

	/** What waits stays owed. */
	stop(): void {
		this.#stopped = true;
		for (const { callOff } of this.#waiting) callOff();
		this.#waiting.clear();
	}

	#end(wait: Wait, resolve: () => void): void {
		wait.callOff();
		this.#waiting.delete(wait);
		resolve();
	}

	/** A few in each turn of the loop, so that what comes in between is heard. */
	#goOn(): void {
		if (this.#underWay > 0) return;
		let begun = 0;
		for (const { go } of this.#waiting) {
			if (begun++ === AT_ONCE) return void setImmediate(() => this.#goOn());
			go();
		}
	}
}
