import type { StepId, StreamId, TaskId } from '../domain/ids.ts';
import type { StoredFact } from './event-store.ts';

/** BusMessages are hints and progress; one may be lost or repeated, and nothing breaks. */
export interface BusMessages {
	/** Facts that became durable; who finds a gap in `seq` reads the store. */
	facts: {
		readonly stream: StreamId;
		/** None where they are too big to be carried: then they are read from the store. */
		readonly facts: readonly StoredFact[];
		/** The process that drives the stream, where that is not the one that says so: it hears of it without attending. */
		readonly home?: string | undefined;
		/** It was said by another process. */
		readonly elsewhere?: boolean | undefined;
	};
	progress: {
		readonly taskId: TaskId;
		readonly stepId: StepId;
		readonly percent?: number | undefined;
		readonly text?: string | undefined;
		readonly partial?: string | undefined;
	};
	/** A store ran out of room, or has room again. */
	storeState: { readonly full: boolean };
	/** Messages of other processes may have been missed: whoever keeps something up to date by them looks at the store again. */
	missed: Record<never, never>;
}

/**
 * IEventBus carries messages to whoever listens now. `subscribe` returns the way to stop; listeners hear everything that is
 * published in this process, and of other processes what concerns the streams they attend to.
 */
export interface IEventBus {
	publish<T extends keyof BusMessages>(topic: T, message: BusMessages[T]): void;
	subscribe<T extends keyof BusMessages>(topic: T, listener: (message: BusMessages[T]) => void): () => void;
	/**
	 * Lets this process hear facts and, for a task's stream, progress that other processes publish. Resolves once it does, and
	 * also where that is out of reach for now (`missed` is published when it is back). Returns the way to stop; each call counts.
	 */
	attend(stream: StreamId): Promise<() => void>;
}
