import type { StreamId } from '../domain/ids.ts';

/** OpenStream is a stream that owes work, and when (ms since 1970; 0: now). */
export interface OpenStream {
	readonly stream: StreamId;
	readonly dueAt: number;
}

/** HomeEvents are what a process hears about the streams it drives. */
export interface HomeEvents {
	/** Streams that this process drives from now on: unfinished ones that nobody drives, or whose home died. The next page comes once it resolves. */
	adopted(streams: readonly OpenStream[]): Promise<void>;
	/** This process was out of reach for so long that others may drive what was its own: it must let go of everything. Adoption follows. */
	lapsed(): void;
}

/**
 * IStreamHomes shares the driving of streams among processes on one store. A stream that owes work has one home, the process
 * that carries out its work: the first that appends to it, or the one that its append names. Homes save doing things twice;
 * what may not happen twice is held by history itself (versions, fencing tokens), so two that both think they are home break nothing.
 */
export interface IStreamHomes {
	/** This process's name; another one after each start. */
	readonly self: string;
	/** Nobody else appends to this store, so what was folded once stays right. */
	readonly alone: boolean;
	/** Begins to be a home; what nobody drives is adopted from then on, and what a dead home leaves, in under a second. */
	start(events: HomeEvents): Promise<void>;
	/** Says what this process can do that others may not: `frontend:discord`. Streams that need it go where it is. */
	offer(names: readonly string[]): Promise<void>;
	/** A living process that offers this, as known now; this one first. */
	offering(name: string): string | undefined;
	/** Takes the open streams with this prefix from wherever they are driven, except from a process that offers `sparing`; they are adopted. */
	claim(prefix: string, sparing?: string): Promise<void>;
	/** Gives up what this process drives, so that others take it up at once; safe to call twice. */
	stop(): Promise<void>;
}
