import { CoreError } from '@errand/core/domain/errors.ts';
import { z } from 'zod';

/** ISmsMemory keeps a text over restarts; `save` resolves once it is durable. */
export interface ISmsMemory {
	load(): Promise<string | undefined>;
	save(text: string): Promise<void>;
}

const Kept = z.object({ v: z.literal(1), optedOut: z.record(z.string(), z.number()) });

/** OptOuts knows who wants no texts. It keeps its list before it says so, and leaves out nobody whom it could not take off. */
export class OptOuts {
	readonly #memory: ISmsMemory;
	readonly #since: Map<string, number>;
	#saved: Promise<void> = Promise.resolve();

	private constructor(memory: ISmsMemory, since: Map<string, number>) {
		this.#memory = memory;
		this.#since = since;
	}

	/** Rejects when the list is there and cannot be read: writing to somebody who said STOP is worse than not starting. */
	static async open(memory: ISmsMemory): Promise<OptOuts> {
		const text = await memory.load();
		return new OptOuts(memory, text === undefined ? new Map() : readKept(text));
	}

	has(number: string): boolean {
		return this.#since.has(number);
	}

	async add(number: string, at: number): Promise<void> {
		if (!this.#since.has(number)) this.#since.set(number, at);
		await this.#save(() => this.#since);
	}

	async remove(number: string): Promise<void> {
		if (!this.#since.has(number)) return;
		await this.#save(() => new Map([...this.#since].filter(([other]) => other !== number)));
		this.#since.delete(number);
	}

	/** One after the other, each with the list as it then is. */
	#save(list: () => ReadonlyMap<string, number>): Promise<void> {
		const saved = this.#saved
			.catch(() => undefined)
			.then(() => this.#memory.save(JSON.stringify({ v: 1, optedOut: Object.fromEntries(list()) })));
		this.#saved = saved;
		return saved;
	}
}

function readKept(text: string): Map<string, number> {
	try {
		return new Map(Object.entries(Kept.parse(JSON.parse(text)).optedOut));
	} catch (cause) {
		throw new CoreError('internal', 'Cannot read the list of numbers that want no texts.', {
			hint: 'Bring it back from a backup, or remove it if nobody ever replied STOP.',
			cause,
		});
	}
}
