import type { Placement } from '@errand/core/domain/capability.ts';
import type { StepId, TaskId } from '@errand/core/domain/ids.ts';

/** WorkerState: IDLE started but not consuming, WAITING consuming without a job, BUSY, ERROR backing off after a fault, SHUTDOWN draining. */
export type WorkerState = 'IDLE' | 'WAITING' | 'BUSY' | 'ERROR' | 'SHUTDOWN';

/** WorkerStatus is a worker host's heartbeat. Times are ms since 1970. */
export interface WorkerStatus {
	readonly worker: string;
	readonly state: WorkerState;
	/** When it came into this state. */
	readonly since: number;
	readonly at: number;
	readonly capabilities: readonly {
		readonly name: string;
		readonly version: number;
		readonly placement: Placement;
		readonly concurrency: number;
		readonly running: number;
	}[];
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

/** workerState reads the state off what the host is doing. */
export function workerState(host: {
	stopping: boolean;
	consuming: boolean;
	faulty: boolean;
	running: number;
}): WorkerState {
	if (host.stopping) return 'SHUTDOWN';
	if (!host.consuming) return 'IDLE';
	if (host.faulty) return 'ERROR';
	return host.running > 0 ? 'BUSY' : 'WAITING';
}
