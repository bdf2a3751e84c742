import type { PersonId } from '../domain/ids.ts';

/** IEmbedder turns texts into vectors, one for each, in order; texts that mean alike come out close (cosine). */
export interface IEmbedder {
	/** `<provider>/<model>`; vectors of different names cannot be compared. */
	readonly name: string;
	/** Rejects with CoreError as a language model does. `passing` texts, such as questions, are kept nowhere. */
	embed(
		texts: readonly string[],
		options: { readonly signal: AbortSignal; readonly passing?: boolean | undefined },
	): Promise<readonly Float32Array[]>;
	/** Forgets what it kept of these texts, or of all. */
	forget(texts?: readonly string[]): Promise<void>;
	/** Ends what it started; what is asked afterwards is rejected. A second call does nothing. */
	stop(): Promise<void>;
}

/** MemoryEntry is one thing that is to be found again: a fact about a person, or what a task of theirs found. */
export interface MemoryEntry {
	readonly id: string;
	readonly person: PersonId;
	readonly kind: 'fact' | 'result';
	readonly text: string;
	/** Where it comes from: a task's id, where one made it. */
	readonly source?: string | undefined;
	/** Where untrusted content in it comes from: `web:<host>`, `file:<artifact>`. */
	readonly origins: readonly string[];
	readonly at: number;
}

/** Found is an entry that fits a question; `score` in (0, 1], best first. */
export interface FoundMemory {
	readonly entry: MemoryEntry;
	readonly score: number;
}

/**
 * IMemoryIndex finds entries again by words (BM25) and by meaning (vectors), both ranks joined. It is a cache: it can be built again
 * from history. A person's entries are found by that person only.
 */
export interface IMemoryIndex {
	/** The same id again replaces. Without a vector an entry is found by its words only. */
	put(
		entries: readonly { readonly entry: MemoryEntry; readonly vector?: Float32Array | undefined }[],
		embedder: string,
	): Promise<void>;
	remove(person: PersonId, ids: readonly string[]): Promise<void>;
	find(
		person: PersonId,
		query: {
			readonly text: string;
			readonly vector?: Float32Array | undefined;
			readonly embedder: string;
			readonly kinds?: readonly MemoryEntry['kind'][] | undefined;
			readonly limit: number;
		},
	): Promise<readonly FoundMemory[]>;
	eraseOf(person: PersonId): Promise<void>;
	/** How much of a person's history the index holds, as `stand` noted it last; undefined where it has to be built. */
	standing(person: PersonId): Promise<MemoryStanding | undefined>;
	stand(person: PersonId, standing: MemoryStanding): Promise<void>;
}

/** MemoryStanding says up to which fact an index was brought, and with whose vectors. */
export interface MemoryStanding {
	readonly through: number;
	readonly embedder: string;
}
