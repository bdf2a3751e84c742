/** Lanes run work in the order it came, one at a time in each lane. Work that fails does not stop what follows. */
export class Lanes {
	readonly #ends = new Map<string, Promise<void>>();

	/** In several lanes at once it waits for what came before it in each of them. */
	run<Result>(lanes: string | readonly string[], work: () => Promise<Result>): Promise<Result> {
		const names = typeof lanes === 'string' ? [lanes] : lanes;
		const result = Promise.all(names.map((lane) => this.#ends.get(lane))).then(work);
		const end = result.then(
			() => {},
			() => {},
		);
		for (const lane of names) this.#ends.set(lane, end);
		void end.then(() => {
			for (const lane of names) if (this.#ends.get(lane) === end) this.#ends.delete(lane);
		});
		return result;
	}

	/** Resolves when everything that was begun so far has ended. */
	async idle(): Promise<void> {
		while (this.#ends.size > 0) await Promise.all(this.#ends.values());
	}
}
