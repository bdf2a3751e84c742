import type { TaskId } from '../../domain/ids.ts';
import type { QueueDepth } from '../../ports/job-queue.ts';
import type { RegisteredWorker, WorkerOrder } from '../../ports/worker-registry.ts';

/** TaskSessions is a task whose browser or files one worker holds. */
export interface TaskSessions {
	readonly taskId: TaskId;
	readonly worker: string;
}

/** WorkerPool is a set of like workers that something starts and stops. */
export interface WorkerPool {
	readonly name: string;
	/** What runs them, in a few words: `processes of this machine`, `deployment errand-worker`. */
	readonly runs: string;
	/** Workers there are now, and how many are wanted. */
	readonly current: number;
	readonly wanted: number;
	/** `auto`: the load says how many; else a person has. */
	readonly scaled: 'auto' | 'by-hand';
	readonly min: number;
	readonly max: number;
}

/** IWorkerPools scale workers. `scaleTo` rejects with CoreError: `not-found` for a pool there is not, `invalid-input` beyond its bounds. */
export interface IWorkerPools {
	list(): Promise<readonly WorkerPool[]>;
	/** A number holds until `auto` gives the pool back to the load. Resolves once it is noted, wherever it is carried out. */
	scaleTo(pool: string, size: number | 'auto'): Promise<void>;
}

/** IClusterDesk is the owner's view of what carries the work; it asks nobody who they are, so whoever calls it has to. */
export interface IClusterDesk {
	/** By name. */
	workers(): readonly RegisteredWorker[];
	/** Rejects with CoreError: `not-found` for a worker that is not there, `not-possible` for one that takes no orders. */
	order(worker: string, order: WorkerOrder): Promise<void>;
	/** What waits and runs, by capability; what nobody asks for is left out. */
	queues(): Promise<readonly QueueDepth[]>;
	sessions(): readonly TaskSessions[];
	pools(): Promise<readonly WorkerPool[]>;
	/** Rejects as `IWorkerPools.scaleTo` does. */
	scale(pool: string, size: number | 'auto'): Promise<void>;
}
