import type { PersonId, StreamId } from '../domain/ids.ts';
import type { Json, JsonObject } from '../domain/json.ts';

/** NewFact is a fact on its way into a stream. */
export interface NewFact {
	readonly type: string;
	readonly v: number;
	readonly data: JsonObject;
}

/** StoredFact is a fact with its place: `seq` counts from 1 without gaps in its stream, `at` is ms since 1970 and never falls. */
export interface StoredFact extends NewFact {
	readonly seq: number;
	readonly at: number;
}

/** StreamIndexEntry is what the store keeps beside a stream, in the same transaction, so that lists and start-up need no folding. */
export interface StreamIndexEntry {
	readonly person: PersonId;
	/** Unfinished work: ms since 1970 when it is next due (0: now); `null` when nothing is owed. */
	readonly dueAt: number | null;
	/** A short public view for lists; must not hold more than the list shows. */
	readonly summary: JsonObject;
}

export interface Append {
	readonly stream: StreamId;
	/** The stream's last `seq` as the writer knows it; 0 for a new stream. */
	readonly expectedSeq: number;
	readonly facts: readonly NewFact[];
	/** When it happened; the store raises it to the stream's last `at` if the clock went back. */
	readonly at: number;
	/** Unique in the whole store: a second append with the same key writes nothing. */
	readonly idempotencyKey?: string | undefined;
	/** Left out when nothing in it changed since the last append. */
	readonly index?: StreamIndexEntry | undefined;
	/** Where the stream belongs, where that is not this process: see `IStreamHomes`. A store of one process ignores it. */
	readonly home?: string | undefined;
}

export type AppendResult =
	| {
			readonly kind: 'appended';
			readonly firstSeq: number;
			readonly at: number;
			/** The process that drives this stream, where it is another one; see `IStreamHomes`. */
			readonly home?: string | undefined;
	  }
	| { readonly kind: 'duplicate'; readonly stream: StreamId; readonly firstSeq: number }
	| { readonly kind: 'conflict'; readonly actualSeq: number };

/**
 * IEventStore holds the truth: streams of facts.
 *
 * - `append` resolves once the facts are durable (fsync), in the order of the calls; all facts of one call or none.
 *   All appends of one event-loop turn share one commit. Rejects with CoreError `disk-full` when there is no room.
 * - `read` returns the facts of a stream with `seq > after`, ascending, whole appends at a time, at least one append if there is any;
 *   `limit` (default 10,000) bounds the count loosely. A fact of a forgotten person reads as `{type: 'Erased', v: 1, data: {}}`.
 *   Where the store is out of reach, rejects with CoreError `store-unreachable`, after a bounded time; the append may or may not have
 *   happened then, and the same one may be tried again: one that was written is answered as written, not as a conflict.
 * - `openStreams` pages through streams that owe work (`dueAt` not null), by stream id after `after`.
 */
export interface IEventStore {
	append(append: Append): Promise<AppendResult>;
	read(stream: StreamId, after: number, limit?: number): Promise<readonly StoredFact[]>;
	openStreams(page: { after: string; limit: number }): Promise<readonly { stream: StreamId; dueAt: number }[]>;
}

/** IStreamIndex answers lists from the index entries. Newest first, by when a stream began, so that pages stay the same; `before` is the `position` of the last row seen. */
export interface IStreamIndex {
	list(query: {
		prefix: string;
		person?: PersonId | undefined;
		/** Only streams whose summary has this member; cheap where few do. */
		having?: 'deadLetters' | undefined;
		before?: number | undefined;
		limit: number;
	}): Promise<readonly { stream: StreamId; position: number; summary: JsonObject }[]>;
	/** How many streams with this prefix a person began; with `upTo`, up to that one: its number, as people count from 1. */
	count(query: { prefix: string; person: PersonId; upTo?: StreamId | undefined }): Promise<number>;
	/** The stream that `count` gives this number. */
	nth(query: { prefix: string; person: PersonId; number: number }): Promise<StreamId | undefined>;
}

/** ISnapshotStore caches folded states. A snapshot of another `version` of the fold is not returned; losing all of them changes nothing. */
export interface ISnapshotStore {
	load(stream: StreamId, version: string): Promise<{ seq: number; state: Json } | undefined>;
	save(stream: StreamId, snapshot: { version: string; seq: number; state: Json }): Promise<void>;
}

/** HistoryHead is the last sealed commit: a hash over everything before it, signed with the data directory's key (Ed25519, base64). */
export interface HistoryHead {
	readonly position: number;
	readonly hash: string;
	readonly signature: string;
	readonly publicKey: string;
}

/** IHistoryAudit proves that history is whole. */
export interface IHistoryAudit {
	/** Lines of a stream's export: one JSON object a fact, each with the hash of the line before, then the signed head. */
	export(stream: StreamId): AsyncIterable<string>;
	/** Recomputes every seal from the first; says where the chain breaks. */
	verify(): Promise<{ ok: true; head: HistoryHead } | { ok: false; position: number; message: string }>;
	/** Blanks every payload of a person's streams; the chain still verifies. Returns the streams. */
	erase(person: PersonId): Promise<readonly StreamId[]>;
	/** Blanks the appends that hold these facts of a stream, each one whole, and drops its snapshot; the chain still verifies. */
	eraseFacts(stream: StreamId, seqs: readonly number[]): Promise<void>;
}
