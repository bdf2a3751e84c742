import type { PersonId } from '../ids.ts';

/** NotedMemory is one entry whole, as it stands in a fact. */
interface NotedMemory {
	readonly person: PersonId;
	readonly id: string;
	readonly kind: 'fact' | 'result';
	readonly text: string;
	/** The task it comes from. */
	readonly source?: string | undefined;
	readonly origins: readonly string[];
}

interface MemoryFactData {
	MemoryNoted: NotedMemory;
	/** Takes the place of what was noted, whose words go: so it says everything again. */
	MemoryEdited: NotedMemory & { readonly notedAt: number };
	/** Says no words. */
	MemoryForgotten: { readonly person: PersonId; readonly ids: readonly string[]; readonly sources: readonly string[] };
	MemoryErased: { readonly person: PersonId; readonly through: number };
	MemoryIndexed: { readonly person: PersonId; readonly through: number; readonly embedder: string };
}

export type MemoryFactType = keyof MemoryFactData;
/** MemoryFact is one thing that happened to what is remembered of a person: a past-tense type and its data. */
export type MemoryFact = {
	[T in MemoryFactType]: { readonly type: T; readonly v: 1; readonly data: MemoryFactData[T] };
}[MemoryFactType];
/** RecordedMemoryFact is such a fact with its place in the stream (`seq` from 1, no gaps) and its time (ms since 1970). */
export type RecordedMemoryFact = MemoryFact & { readonly seq: number; readonly at: number };

/** memoryFact builds a fact of the current version. */
export function memoryFact<T extends MemoryFactType>(
	type: T,
	data: MemoryFactData[T],
): Extract<MemoryFact, { type: T }> {
	return { type, v: 1, data } as unknown as Extract<MemoryFact, { type: T }>;
}
