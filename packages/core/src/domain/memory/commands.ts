import type { PersonId } from '../ids.ts';

/** NoteSource is a task whose result is noted. */
interface NoteSource {
	readonly source: string;
	readonly origins: readonly string[];
}

/** MemoryCommand asks for a change of what is remembered of a person; `at` is when (ms since 1970), because deciding reads no clock. */
export type MemoryCommand = { readonly at: number; readonly person: PersonId } & (
	| { readonly type: 'Remember'; readonly text: string; readonly source?: string | undefined }
	/** What a task found; the same source again replaces, and one that was forgotten stays so. */
	| ({ readonly type: 'NoteResult'; readonly text: string } & NoteSource)
	| { readonly type: 'Edit'; readonly id: string; readonly text: string }
	| { readonly type: 'Forget'; readonly id: string }
	| { readonly type: 'ForgetAll' }
	/** The words of everything that was forgotten or replaced up to this fact are gone from history and from the index. */
	| { readonly type: 'RecordErasure'; readonly through: number }
	/** The index holds everything up to this fact. */
	| { readonly type: 'RecordIndexing'; readonly through: number; readonly embedder: string }
);
