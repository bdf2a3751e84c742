import type { Job } from '../../ports/job-queue.ts';
import { JOB_LOCK_MS } from './bull-queues.ts';
import type { FetchLane } from './fetch-lanes.ts';
import type { JobMessage } from './job-message.ts';
import type { HeldJob } from './queue-scripts.ts';

/** HeldRun is a job that this worker has the lock of. */
export interface HeldRun extends HeldJob {
	readonly job: Job;
	readonly home: string;
	/** Counts its starts from 1, in all queues it stood in. */
	readonly run: number;
	readonly lane: FetchLane;
	/** For how long each renewal holds. */
	readonly lockMs: number;
	readonly stopped: AbortController;
	/** When the lock was last known to be renewed, by the steady clock: nobody's setting of the time ends a run. */
	renewedAt: number;
	/** It is over, and that is being told. */
	ending: boolean;
	/** Whoever was told took its job off the queue. */
	off: boolean;
}

/** RunCancelled is why a run's signal aborts when its job is wanted no longer. */
export class RunCancelled extends Error {
	override readonly name = 'RunCancelled';

	constructor(jobId: string) {
		super(`Job ${jobId} was cancelled.`);
	}
}

/** MAX_RUNS is how often a job may be started before it counts as one that takes its workers down. */
export const MAX_RUNS = 10;

/** heldRun is a fetched job with its lock; its run comes after the last one that was here. */
export function heldRun(
	message: JobMessage,
	lock: HeldJob & { readonly lane: FetchLane; readonly after: number },
): HeldRun {
	const { job, home, earlierRuns } = message;
	const { id, token, starts, lane, after } = lock;
	const run = Math.max(earlierRuns + starts, after + 1);
	return {
		...{ id, token, starts, lane, job, home, run },
		lockMs: lockMsOf(run),
		stopped: new AbortController(),
		renewedAt: performance.now(),
		ending: false,
		off: false,
	};
}

/**
 * A job that was lost before may have been lost because its worker was too slow to renew: on a machine that starves, a quick
 * take-over would only be the next loss.
 */
function lockMsOf(run: number): number {
	return JOB_LOCK_MS * 2 ** Math.min(Math.max(run - 2, 0), 3);
}
