/** A hiccup of less than this (ms) is nobody's business: the next attempt mends it. */
const PATIENCE_MS = 1_000;

/** Reachability is whether the database answers, as the last attempts of all connections have shown. */
export class Reachability {
	readonly #listeners = new Set<(reachable: boolean) => void>();
	#failingSince: number | undefined;
	#reachable = true;

	get reachable(): boolean {
		return this.#reachable;
	}

	succeeded(): void {
		this.#failingSince = undefined;
		this.#become(true);
	}

	/** An attempt that began at `startedAt` (ms, any steady clock) got no answer. */
	failed(startedAt: number, now: number): void {
		this.#failingSince ??= startedAt;
		if (now - this.#failingSince >= PATIENCE_MS) this.#become(false);
	}

	onChange(listener: (reachable: boolean) => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	#become(reachable: boolean): void {
		if (this.#reachable === reachable) return;
		this.#reachable = reachable;
		for (const listener of this.#listeners) listener(reachable);
	}
}
