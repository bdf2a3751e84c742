import type { StepId, StreamId, TaskId } from '../domain/ids.ts';
import type { StoredFact } from './event-store.ts';

/** BusMessages are hints and progress; one may be lost or repeated, and nothing breaks. */
export interface BusMessages {
	/** Facts that became durable; who finds a gap in `seq` reads the store. */
	facts: { readonly stream: StreamId; readonly facts: readonly StoredFact[] };
	progress: {
		readonly taskId: TaskId;
		readonly stepId: StepId;
		readonly percent?: number | undefined;
		readonly text?: string | undefined;
		readonly partial?: string | undefined;
	};
	/** A store ran out of room, or has room again. */
	storeState: { readonly full: boolean };
}

/** IEventBus carries messages to whoever listens now. `subscribe` returns the way to stop. */
export interface IEventBus {
	publish<T extends keyof BusMessages>(topic: T, message: BusMessages[T]): void;
	subscribe<T extends keyof BusMessages>(topic: T, listener: (message: BusMessages[T]) => void): () => void;
}
