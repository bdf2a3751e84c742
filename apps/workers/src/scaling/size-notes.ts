import type { INote } from '@errand/core/ports/note.ts';
import { z } from 'zod';

/** SizeNotes keep, for all processes, which size an owner asked for and which one was decided last, by pool. */
export class SizeNotes {
	readonly #note: (name: string) => INote;
	/** As last read: holds while the store is out of reach. */
	readonly #fixed = new Map<string, number | undefined>();
	readonly #decided = new Map<string, number>();

	constructor(note: (name: string) => INote) {
		this.#note = note;
	}

	/** Resolves once it is kept; undefined gives the pool back to the load. */
	async fix(pool: string, size: number | undefined): Promise<void> {
		await this.#note(`scaling.${pool}`).save(JSON.stringify({ size: size ?? null }));
		this.#fixed.set(pool, size);
	}

	async load(pool: string): Promise<{ fixed: number | undefined; decided: number | undefined }> {
		const decision = this.#read(`scaled.${pool}`).catch(() => this.#decided.get(pool));
		const [fixed, decided] = await Promise.all([this.#loadFixed(pool), decision]);
		return { fixed, decided };
	}

	/** What owners asked for, by pool; those left to the load are undefined. */
	async loadAll(pools: readonly string[]): Promise<ReadonlyMap<string, number | undefined>> {
		return new Map(await Promise.all(pools.map(async (pool) => [pool, await this.#loadFixed(pool)] as const)));
	}

	/** Kept only where it changed. A decision that is not kept is shown late elsewhere, nothing more. */
	async noteDecision(pool: string, size: number): Promise<void> {
		if (this.#decided.get(pool) === size) return;
		this.#decided.set(pool, size);
		await this.#note(`scaled.${pool}`)
			.save(JSON.stringify({ size }))
			.catch(() => this.#decided.delete(pool));
	}

	async #loadFixed(pool: string): Promise<number | undefined> {
		try {
			this.#fixed.set(pool, await this.#read(`scaling.${pool}`));
		} catch {
			// The store is away: what was asked for last holds.
		}
		return this.#fixed.get(pool);
	}

	async #read(name: string): Promise<number | undefined> {
		const text = await this.#note(name).load();
		return text === undefined ? undefined : (Note.parse(JSON.parse(text)).size ?? undefined);
	}
}

const Note = z.object({ size: z.int().min(0).nullable() });
