import type { PersonId } from '../ids.ts';

/** Remembered is one entry without its words: they stand in the fact at `seq`, because thousands may be remembered. */
export interface Remembered {
	/** Counts from 1 for each person, so that people can name it. */
	readonly id: string;
	readonly kind: 'fact' | 'result';
	/** The fact that holds its words now. */
	readonly seq: number;
	readonly at: number;
	readonly source?: string | undefined;
}

/** Memory is the folded state of what is remembered of one person. It is plain data, so that it can be kept as a snapshot. */
export interface Memory {
	/** Undefined until a fact that was not erased names them. */
	readonly person?: PersonId | undefined;
	/** Sequence number and time of the last fact folded in. */
	readonly seq: number;
	readonly at: number;
	/** The number of the last entry. */
	readonly count: number;
	/** In the order they were noted. */
	readonly entries: readonly Remembered[];
	/** Facts whose words are to go, with the fact that said so. */
	readonly superseded: readonly { readonly seq: number; readonly by: number }[];
	/** Entries that are to leave the index, with the fact that said so. */
	readonly forgotten: readonly { readonly id: string; readonly by: number }[];
	/** Tasks whose results were forgotten, latest last. */
	readonly forgottenSources: readonly string[];
	readonly indexed: number;
}

/** MemoryState is what is remembered of a person, or `undefined` before the first fact. */
export type MemoryState = Memory | undefined;
