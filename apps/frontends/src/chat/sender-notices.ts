const QUIET_MS = 5 * 60_000;
const MOST_REMEMBERED = 10_000;

/** SenderNotices keeps a refusal from being said to the same sender again and again. */
export class SenderNotices {
	/** Oldest first. */
	readonly #said = new Map<string, number>();

	/** Whether to tell a sender about a refusal now: once in five minutes for each sender and code. */
	due(sender: string, code: string, now: number): boolean {
		const key = JSON.stringify([sender, code]);
		const last = this.#said.get(key);
		if (last !== undefined && now - last < QUIET_MS) return false;
		this.#said.delete(key);
		this.#said.set(key, now);
		if (this.#said.size > MOST_REMEMBERED) this.#forgetOldest();
		return true;
	}

	#forgetOldest(): void {
		const [oldest] = this.#said.keys();
		if (oldest !== undefined) this.#said.delete(oldest);
	}
}
