import { memoryStream, type PersonId } from '../../domain/ids.ts';
import type { RecordedMemoryFact } from '../../domain/memory/facts.ts';
import type { Remembered } from '../../domain/memory/state.ts';
import type { IEventStore } from '../../ports/event-store.ts';
import type { MemoryEntry } from '../../ports/memory.ts';

/** MemoryEntries reads entries with their words, from the facts that hold them. */
export class MemoryEntries {
	readonly #store: Pick<IEventStore, 'read'>;

	constructor(store: Pick<IEventStore, 'read'>) {
		this.#store = store;
	}

	/** In the order asked; one whose words were erased meanwhile is left out. */
	async read(person: PersonId, entries: readonly Remembered[]): Promise<MemoryEntry[]> {
		const read = await Promise.all(entries.map((entry) => this.#one(person, entry)));
		return read.flatMap((entry) => entry ?? []);
	}

	async #one(person: PersonId, { seq, at }: Remembered): Promise<MemoryEntry | undefined> {
		const stored = await this.#store.read(memoryStream(person), seq - 1, 1);
		// Facts come back as they were written.
		const fact = stored.find((one) => one.seq === seq) as unknown as RecordedMemoryFact | undefined;
		if (fact?.type !== 'MemoryNoted' && fact?.type !== 'MemoryEdited') return undefined;
		const { id, kind, text, source, origins } = fact.data;
		return { id, person, kind, text, ...(source === undefined ? {} : { source }), origins, at };
	}
}
