const EPOCH = 1_420_070_400_000;

/** Snowflakes are ids as Discord makes them: by time, each greater than the one before. */
export class Snowflakes {
	#last = 0n;

	next(): string {
		const now = BigInt(Date.now() - EPOCH) << 22n;
		this.#last = now > this.#last ? now : this.#last + 1n;
		return this.#last.toString();
	}
}
