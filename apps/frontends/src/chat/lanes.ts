/** Lanes run work in the order it came, one at a time in each lane. Work that fails does not stop what follows. */
export class Lanes {
	readonly #ends = new Map<string, Promise<void>>();

	run<Result>(lane: string, work: () => Promise<Result>): Promise<Result> {
		const result = (this.#ends.get(lane) ?? Promise.resolve()).then(work);
		const end = result.then(
			() => {},
			() => {},
		);
		this.#ends.set(lane, end);
		void end.then(() => {
			if (this.#ends.get(lane) === end) this.#ends.delete(lane);
		});
		return result;
	}

	/** Resolves when everything that was begun so far has ended. */
	async idle(): Promise<void> {
		while (this.#ends.size > 0) await Promise.all(this.#ends.values());
	}
}
