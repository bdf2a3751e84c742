/** AtOnce lets so many pieces of work go on at a time; the others wait their turn in order. */
export class AtOnce {
	readonly #waiting: (() => void)[] = [];
	#free: number;

	constructor(most: number) {
		this.#free = most;
	}

	async run<T>(work: () => Promise<T>): Promise<T> {
		if (this.#free > 0) this.#free -= 1;
		else await new Promise<void>((resolve) => this.#waiting.push(resolve));
		try {
			return await work();
		} finally {
			const next = this.#waiting.shift();
			if (next === undefined) this.#free += 1;
			else next();
		}
	}
}
