/** Allowance lets so many things happen at once, and after that one every so often. */
export class Allowance {
	readonly #most: number;
	readonly #everyMs: number;
	#left: number;
	#at: number | undefined;

	constructor({ most, everyMs }: { readonly most: number; readonly everyMs: number }) {
		this.#most = most;
		this.#everyMs = everyMs;
		this.#left = most;
	}

	/** Whether it may happen now; then it counts. */
	take(now: number): boolean {
		const passedMs = Math.max(0, now - (this.#at ?? now));
		this.#left = Math.min(this.#most, this.#left + passedMs / this.#everyMs);
		this.#at = now;
		if (this.#left < 1) return false;
		this.#left -= 1;
		return true;
	}
}
