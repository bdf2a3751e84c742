/** RecentIds tells what comes for the first time from what came lately: Redis may carry one message twice, when its answer to the sender was lost. */
export class RecentIds {
	readonly #most: number;
	/** Oldest first. */
	readonly #ids = new Set<string>();

	/** Remembers the latest `most`. */
	constructor(most: number) {
		this.#most = most;
	}

	/** True once for each id. */
	isNew(id: string): boolean {
		if (this.#ids.has(id)) return false;
		this.#ids.add(id);
		const [oldest] = this.#ids;
		if (this.#ids.size > this.#most && oldest !== undefined) this.#ids.delete(oldest);
		return true;
	}
}
