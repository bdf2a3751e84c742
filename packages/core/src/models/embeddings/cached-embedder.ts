import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { IEmbedder } from '../../ports/memory.ts';
import type { BareEmbedder } from './bare-embedder.ts';
import type { VectorFile } from './vector-file.ts';

/** Vectors held in this process, whatever happens to the file. */
const HELD = 256;
/** So long (ms) at most: what another process forgets goes here with time. */
const HELD_MS = 600_000;
/** What there is nothing to see in is embedded as this. */
const NOTHING = '-';

/** CachedEmbedder asks for no vector twice, as long as it is kept: the latest in this process, more of them in a file. */
export class CachedEmbedder implements IEmbedder {
	readonly name: string;
	readonly #bare: BareEmbedder;
	readonly #file: VectorFile | undefined;
	readonly #held = new LRUCache<string, Float32Array>({ max: HELD, ttl: HELD_MS, ttlAutopurge: true });

	constructor(bare: BareEmbedder, file: VectorFile | undefined) {
		this.name = bare.name;
		this.#bare = bare;
		this.#file = file;
	}

	async embed(
		texts: readonly string[],
		{ signal, passing = false }: { readonly signal: AbortSignal; readonly passing?: boolean | undefined },
	): Promise<readonly Float32Array[]> {
		const seen = texts.map((text) => this.#seenOf(text));
		const keys = seen.map((text) => this.#keyOf(text));
		const known = new Map<string, Float32Array>();
		for (const key of new Set(keys)) {
			const vector = this.#held.get(key) ?? (await this.#file?.get(key));
			if (vector !== undefined) known.set(key, vector);
		}
		const lacking = new Map(keys.flatMap((key, place) => (known.has(key) ? [] : [[key, seen[place] ?? NOTHING]])));
		if (lacking.size > 0) {
			const made = await this.#bare.embed([...lacking.values()], { signal });
			for (const [place, key] of [...lacking.keys()].entries()) {
				const vector = made[place];
				if (vector === undefined) continue;
				known.set(key, vector);
				this.#held.set(key, vector);
				if (!passing) await this.#file?.put(key, vector);
			}
		}
		return keys.map((key) => known.get(key) ?? new Float32Array());
	}

	async forget(texts?: readonly string[]): Promise<void> {
		if (texts === undefined) {
			this.#held.clear();
			await this.#file?.clear();
			return;
		}
		for (const text of texts) {
			const key = this.#keyOf(this.#seenOf(text));
			this.#held.delete(key);
			await this.#file?.delete(key);
		}
	}

	async stop(): Promise<void> {
		await this.#bare.stop();
		await this.#file?.close();
	}

	#seenOf(text: string): string {
		const seen = text.slice(0, this.#bare.maxCharacters).replace(/\s+/g, ' ').trim().toWellFormed();
		return seen === '' ? NOTHING : seen;
	}

	#keyOf(text: string): string {
		return hash('sha256', `${this.name}\n${text}`, 'hex').slice(0, 32);
	}
}
