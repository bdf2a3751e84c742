/** ChangeListeners are whoever wants to hear that something is other than it was; what they then do, they look up. */
export class ChangeListeners {
	readonly #listeners = new Set<() => void>();

	/** Returns what ends it. One that is added twice hears twice. */
	add(listener: () => void): () => void {
		const entry = () => listener();
		this.#listeners.add(entry);
		return () => void this.#listeners.delete(entry);
	}

	/** Tells all that are there now. */
	tell(): void {
		for (const listener of [...this.#listeners]) listener();
	}

	clear(): void {
		this.#listeners.clear();
	}
}
