import type { WorkerPool } from '@errand/core/orchestrator/desks/cluster.ts';
import type { QueueDepth } from '@errand/core/ports/job-queue.ts';
import type { RegisteredWorker } from '@errand/core/ports/worker-registry.ts';
import { z } from 'zod';
import type { Describes } from './describes.ts';

const time = z.number().describe('Milliseconds since 1970.');

/** WorkerViewSchema documents a worker. */
export const WorkerViewSchema = z.object({
	id: z.string(),
	state: z.enum(['IDLE', 'WAITING', 'BUSY', 'ERROR', 'SHUTDOWN']),
	paused: z.boolean().describe('It takes nothing new until it is told to go on.'),
	host: z.string(),
	pid: z.int(),
	release: z.string().describe("Errand's version there."),
	pool: z.string().optional(),
	capabilities: z.array(
		z.object({
			name: z.string(),
			concurrency: z.int(),
			running: z.int(),
			successRate: z.number().optional().describe('Share of its latest runs there that succeeded, 0 to 1.'),
		}),
	),
	running: z.array(z.object({ taskId: z.string(), stepId: z.string(), capability: z.string(), since: time })),
	sessions: z.int().describe('Tasks whose browser or files it holds.'),
	load: z.number().describe('Share of its places for handler children in use, 0 to 1.'),
	slots: z.int().describe('Those places in all.'),
	memoryBytes: z.number(),
	startedAt: time,
	heartbeatAt: time,
	error: z.string().optional().describe('Why it backs off.'),
});
export type WorkerView = z.infer<typeof WorkerViewSchema>;

/** workerView shows a worker over HTTP. */
export function workerView(worker: RegisteredWorker): WorkerView {
	const { state, paused, host, pid, release, pool, load, slots, startedAt, fault } = worker;
	return {
		id: worker.worker,
		state,
		paused,
		host,
		pid,
		release,
		...(pool === undefined ? {} : { pool }),
		capabilities: worker.capabilities.map(({ name, concurrency, running, successRate }) => ({
			...{ name, concurrency, running },
			...(successRate === undefined ? {} : { successRate }),
		})),
		running: worker.running.map(({ taskId, stepId, capability, since }) => ({ taskId, stepId, capability, since })),
		sessions: worker.sessions.length,
		load,
		slots,
		memoryBytes: worker.rss,
		startedAt,
		heartbeatAt: worker.at,
		...(fault === undefined ? {} : { error: fault }),
	};
}

/** QueueSchema documents what waits and runs of one capability. */
export const QueueSchema = z.object({
	capability: z.string(),
	waiting: z.int(),
	running: z.int(),
	oldestWaitMs: z.number().describe('How long the one waits that waits longest; 0 where none does.'),
}) satisfies Describes<QueueDepth>;

/** SessionSchema documents where the browser and files of a task are. */
export const SessionSchema = z.object({ taskId: z.string(), worker: z.string() });

/** PoolSchema documents a set of workers that is scaled. */
export const PoolSchema = z.object({
	name: z.string(),
	runs: z.string().describe('What starts and stops its workers.'),
	current: z.int(),
	wanted: z.int(),
	scaled: z.enum(['auto', 'by-hand']),
	min: z.int(),
	max: z.int(),
}) satisfies Describes<WorkerPool>;

/** ScaleSchema parses the body of `POST /v1/pools/:name/scale`. */
export const ScaleSchema = z.strictObject({
	size: z
		.union([z.int().min(0).max(10_000), z.literal('auto')])
		.describe('So many workers until told otherwise; `auto`: as the load says.'),
});
