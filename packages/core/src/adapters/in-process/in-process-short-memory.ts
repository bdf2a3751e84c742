import { LRUCache } from 'lru-cache';
import type { IShortMemory } from '../../ports/short-memory.ts';

const MAX_KEPT = 1_000;

/** InProcessShortMemory forgets with the process. */
export class InProcessShortMemory implements IShortMemory {
	readonly #kept: LRUCache<string, string>;

	constructor(now: () => number) {
		this.#kept = new LRUCache({ max: MAX_KEPT, ttl: 1, perf: { now } });
	}

	async get(name: string): Promise<string | undefined> {
		return this.#kept.get(name);
	}

	async put(name: string, text: string, forMs: number): Promise<void> {
		this.#kept.set(name, text, { ttl: forMs });
	}

	async claim(name: string, forMs: number): Promise<boolean> {
		if (this.#kept.has(name)) return false;
		this.#kept.set(name, '', { ttl: forMs });
		return true;
	}
}
