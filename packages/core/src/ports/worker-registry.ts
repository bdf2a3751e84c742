import type { Placement } from '../domain/capability.ts';
import type { StepId, TaskId } from '../domain/ids.ts';

/** WorkerState: IDLE started but not consuming, WAITING consuming without a job, BUSY, ERROR backing off after a fault, SHUTDOWN draining. */
export type WorkerState = 'IDLE' | 'WAITING' | 'BUSY' | 'ERROR' | 'SHUTDOWN';

/** CapabilityLoad is one capability on one worker. */
export interface CapabilityLoad {
	readonly name: string;
	readonly version: number;
	readonly placement: Placement;
	readonly concurrency: number;
	readonly running: number;
	/** Share of its latest runs there that gave what they were asked for, 0 to 1; left out before the first has ended. */
	readonly successRate?: number | undefined;
}

/** WorkerStatus is a worker host's heartbeat. Times are ms since 1970. */
export interface WorkerStatus {
	readonly worker: string;
	readonly state: WorkerState;
	/** When it came into this state. */
	readonly since: number;
	readonly at: number;
	readonly capabilities: readonly CapabilityLoad[];
	readonly running: readonly {
		readonly jobId: string;
		readonly taskId: TaskId;
		readonly stepId: StepId;
		readonly capability: string;
		readonly run: number;
		readonly since: number;
	}[];
	/** Share of the places for handler children in use, 0 to 1. */
	readonly load: number;
	/** Resident memory of the host process, bytes. */
	readonly rss: number;
	/** Why it backs off, in state ERROR. */
	readonly fault?: string | undefined;
}

/** RegisteredWorker is a worker as the others know it from its last heartbeat. */
export interface RegisteredWorker extends WorkerStatus {
	/** Machine and process. */
	readonly host: string;
	readonly pid: number;
	/** Errand's version there. */
	readonly release: string;
	readonly startedAt: number;
	/** Takes nothing new until told to go on. */
	readonly paused: boolean;
	/** Tasks whose sessions it holds. */
	readonly sessions: readonly TaskId[];
	/** Places for handler children in all. */
	readonly slots: number;
	/** Where it says what it can do that does not ship with Errand; undefined where it can do no such thing. */
	readonly declared?: string | undefined;
	/** Pool it was started for, where something scales it. */
	readonly pool?: string | undefined;
}

/** WorkerOrder tells a worker what to do: take nothing more, go on, or finish what runs and exit. */
export type WorkerOrder = 'pause' | 'resume' | 'drain';

/** WorkerEvent is what a registry notices; `died` without having said goodbye. */
export type WorkerEvent =
	| { readonly kind: 'joined' | 'changed'; readonly worker: RegisteredWorker }
	| { readonly kind: 'left' | 'died'; readonly worker: RegisteredWorker };

/** IWorkerRegistry knows the workers alive, wherever they run. */
export interface IWorkerRegistry {
	/** Those alive now, by name. */
	list(): readonly RegisteredWorker[];
	/** Resolves once the worker was told; rejects with CoreError `not-found` for one that is not there. */
	order(worker: string, order: WorkerOrder): Promise<void>;
	subscribe(listener: (event: WorkerEvent) => void): () => void;
}

/** ISessionPlaces knows which worker holds the sessions of a task. */
export interface ISessionPlaces {
	/** Undefined when nobody does, or whoever did is dead, or, where that is asked, was not heard of for `heardWithinMs`. */
	workerOf(task: TaskId, heardWithinMs?: number): Promise<string | undefined>;
}
