import { z } from 'zod';
import { asStepId, asTaskId } from '../../domain/ids.ts';
import type { RegisteredWorker } from '../../ports/worker-registry.ts';

/** WorkerRecord is a heartbeat in two texts: what stays as it is, and what comes and goes. A text that did not change is not sent again. */
export interface WorkerRecord {
	readonly profile: string;
	readonly pulse: string;
}

/** writeWorkerRecord leaves out the time, which the server knows, and rounds what would make each heartbeat another one. */
export function writeWorkerRecord(worker: RegisteredWorker): WorkerRecord {
	const { host, pid, release, startedAt, slots, pool, declared, capabilities } = worker;
	const { state, since, load, rss, fault, paused, sessions } = worker;
	const profile = {
		...{ host, pid, release, startedAt, slots, pool, declared },
		capabilities: capabilities.map(({ name, version, placement, concurrency }) => ({
			...{ name, version, placement, concurrency },
		})),
	};
	const pulse = {
		...{ state, since, fault, paused, sessions },
		load: Math.round(load * 100) / 100,
		rss: Math.round(rss / RSS_STEP) * RSS_STEP,
		busy: capabilities.map(({ running }) => running),
		rates: capabilities.map(({ successRate }) =>
			successRate === undefined ? null : Math.round(successRate * 100) / 100,
		),
		running: worker.running,
	};
	return { profile: JSON.stringify(profile), pulse: JSON.stringify(pulse) };
}

/** readWorkerRecord puts a heartbeat together again; undefined for one of a version that this one does not understand. */
export function readWorkerRecord(
	{ profile, pulse }: WorkerRecord,
	{ worker, at }: { worker: string; at: number },
): RegisteredWorker | undefined {
	try {
		const { capabilities, ...steady } = ProfileSchema.parse(JSON.parse(profile));
		const { busy, rates, ...passing } = PulseSchema.parse(JSON.parse(pulse));
		return {
			worker,
			at,
			...steady,
			...passing,
			capabilities: capabilities.map((capability, index) => {
				const rate = rates?.[index] ?? undefined;
				return { ...capability, running: busy[index] ?? 0, ...(rate === undefined ? {} : { successRate: rate }) };
			}),
		};
	} catch {
		return undefined;
	}
}

const RSS_STEP = 4 * 1024 * 1024;

const ProfileSchema = z.object({
	host: z.string(),
	pid: z.number(),
	release: z.string(),
	startedAt: z.number(),
	slots: z.number(),
	pool: z.string().optional(),
	declared: z.string().optional(),
	capabilities: z.array(
		z.object({
			name: z.string(),
			version: z.number(),
			placement: z.enum(['inline', 'process']),
			concurrency: z.number(),
		}),
	),
});

const PulseSchema = z.object({
	state: z.enum(['IDLE', 'WAITING', 'BUSY', 'ERROR', 'SHUTDOWN']),
	since: z.number(),
	fault: z.string().optional(),
	paused: z.boolean(),
	sessions: z.array(z.string().transform(asTaskId)),
	load: z.number(),
	rss: z.number(),
	busy: z.array(z.number()),
	/** Workers of the first release do not tell. */
	rates: z.array(z.number().nullable()).optional(),
	running: z.array(
		z.object({
			jobId: z.string(),
			taskId: z.string().transform(asTaskId),
			stepId: z.string().transform(asStepId),
			capability: z.string(),
			run: z.number(),
			since: z.number(),
		}),
	),
});
