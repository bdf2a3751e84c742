import type { AbleWorker } from '@errand/core/domain/dispatch/able-worker.ts';
import { asStepId } from '@errand/core/domain/ids.ts';
import type { RunToken } from '@errand/core/domain/task/commands.ts';
import { CAPABILITY } from './simulated-gateway.ts';
import type { QueuedJob } from './simulated-queue.ts';

/** How many runs a node has at once. */
export const PLACES = 4;
const PREFIX = 'worker-';

/** SimulatedRun is a job that a node carries out. */
export interface SimulatedRun {
	readonly job: QueuedJob;
	readonly run: number;
	readonly node: SimulatedNode;
	readonly worker: string;
}

/** SimulatedNode is a machine with one worker on it. */
export class SimulatedNode {
	readonly index: number;
	readonly running = new Set<SimulatedRun>();
	/** Another one after each start. */
	worker: string;
	alive = true;
	cut = false;
	slowUntil = 0;
	runs = 0;
	untroubled = true;
	diedAt = Number.NEGATIVE_INFINITY;

	constructor(index: number) {
		this.index = index;
		this.worker = `${PREFIX}${index}`;
	}
}

/** nodeIndex is the number of the node whose worker has this name. */
export function nodeIndex(worker: string): number {
	return Number.parseInt(worker.slice(PREFIX.length), 10);
}

/** tokenOf is what a run shows to be believed. */
export function tokenOf({ job, run }: SimulatedRun): RunToken {
	return { stepId: asStepId(job.stepId), attempt: job.attempt, run };
}

/** asWorker is a node as its heartbeat tells of it. */
export function asWorker(node: SimulatedNode, at: number): AbleWorker {
	const running = node.running.size;
	const load = { name: CAPABILITY, version: 1, placement: 'process', concurrency: PLACES, running } as const;
	const state = running > 0 ? 'BUSY' : 'WAITING';
	const whole = { paused: false, at, slots: PLACES, load: running / PLACES, capabilities: [load] };
	return { worker: node.worker, state, ...whole };
}
