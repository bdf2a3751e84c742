import { join } from 'node:path';
import { BullJobSource } from '../adapters/bullmq/bull-job-source.ts';
import { type HandOverTaker, RemoteRunReports } from '../adapters/bullmq/remote-run-reports.ts';
import { FileResultCache } from '../adapters/files/file-result-cache.ts';
import { SystemClock } from '../adapters/in-process/system-clock.ts';
import { openRedisLine, type RedisLine } from '../adapters/redis/open-redis-line.ts';
import { RedisServices } from '../adapters/redis/redis-services.ts';
import { RedisSessionLeases } from '../adapters/redis/redis-session-leases.ts';
import { WorkerBeat } from '../adapters/redis/worker-beat.ts';
import { textSeal } from '../adapters/sealing/text-seal.ts';
import { describeError } from '../domain/errors.ts';
import type { PersonId } from '../domain/ids.ts';
import type { ICapabilitySource } from '../ports/capability-source.ts';
import type { IClock } from '../ports/clock.ts';
import type { IEventBus } from '../ports/event-bus.ts';
import type { IJobSource, IRunReports } from '../ports/job-queue.ts';
import type { ILogger } from '../ports/logger.ts';
import type { IResultCache } from '../ports/result-cache.ts';
import type { IServices } from '../ports/services.ts';
import type { ISessionLeases } from '../ports/session-leases.ts';
import type { RegisteredWorker, WorkerOrder } from '../ports/worker-registry.ts';
import { type Announced, type Announcement, announceCapabilities } from './announce-capabilities.ts';
import { clusterKeys } from './cluster-keys.ts';
import { openForeignSource } from './open-foreign-source.ts';

/** WorkerPortsOptions say which Redis a worker process belongs to, and where its files are. */
export interface WorkerPortsOptions {
	readonly redisUrl: string;
	/** The name of everything in Redis. */
	readonly cluster: string;
	readonly secretKey: string | undefined;
	/** The folder that all processes share. */
	readonly dataDir: string;
	/** The folder of this process alone. */
	readonly localDir: string;
	/** This worker's name; another one after each start. */
	readonly worker: string;
	readonly log: ILogger;
}

/** WorkerPorts is the bundle of ports for a worker process: Redis and files, no database. */
export interface WorkerPorts {
	readonly bus: IEventBus;
	readonly sessionLeases: ISessionLeases;
	readonly cache: IResultCache;
	/** Named services of all processes. */
	readonly services: IServices;
	readonly clock: IClock;
	readonly log: ILogger;
	/** Where jobs come from, and where their outcomes go; nothing is taken until somebody consumes. */
	jobs(capabilities: () => readonly { readonly name: string }[]): WorkerJobs;
	/** What programs in other languages can do that take part over Redis. */
	programs(): Promise<ICapabilitySource>;
	/** Lets others know what of the catalogue does not ship with Errand, and of workflows that come along. */
	announce(announced: Announced, onAnnounced: () => void): Announcement;
	/** Keeps this worker on the list of those alive. */
	beat(describe: () => RegisteredWorker, onOrder: (order: WorkerOrder) => void): WorkerBeat;
	redisReachable(): boolean;
	/** Closes what was opened; a second call does nothing. */
	close(): Promise<void>;
}

/** WorkerJobs is the way jobs take. */
export interface WorkerJobs {
	readonly queue: IJobSource;
	readonly reports: IRunReports;
}

/** Results of pure capabilities take at most this much of the machine's disk for each worker. */
const MAX_CACHE_BYTES = 128 * 1024 * 1024;

/** openWorkerPorts connects to Redis; rejects with CoreError, saying what could not be reached and what to do. */
export async function openWorkerPorts(options: WorkerPortsOptions): Promise<WorkerPorts> {
	const { redisUrl, cluster, localDir, worker, log } = options;
	const clock = new SystemClock();
	const keys = clusterKeys(options);
	const line: RedisLine = await openRedisLine({ url: redisUrl, cluster, self: worker, isWorker: true, log });
	const cache = new FileResultCache({ folder: join(localDir, 'results'), maxBytes: MAX_CACHE_BYTES });
	const forget = (person: PersonId) => {
		cache.eraseOf(person).catch((error: unknown) => log.error('person not forgotten', { error: describeError(error) }));
	};
	const services = new RedisServices({ line, clock, log });
	await services.start();
	const closing: (() => void)[] = [];
	return {
		bus: line.bus,
		sessionLeases: new RedisSessionLeases({ line, worker, seal: textSeal(keys('sessions')), log }),
		cache,
		services,
		clock,
		log,
		jobs: (capabilities) => {
			const taker: HandOverTaker = {
				ending: (jobId) => queue.ending(jobId),
				off: (jobId) => queue.off(jobId),
				hand: (job) => queue.hand(job),
			};
			const homeOf = (jobId: string) => queue.homeOf(jobId);
			const reports = new RemoteRunReports({ line, worker, homeOf, taker, clock, log });
			const queue = new BullJobSource({
				...{ line, worker, capabilities, reports, clock, log },
				seal: textSeal(keys('jobs')),
			});
			closing.push(
				() => queue.close(),
				() => reports.stop(),
			);
			return { queue, reports };
		},
		programs: () => openForeignSource({ line, log }),
		announce: (announced, onAnnounced) => announceCapabilities({ ...announced, line, onAnnounced, log }),
		beat: (describe, onOrder) => new WorkerBeat({ line, describe, onOrder, onForget: forget, log }),
		redisReachable: () => line.reachable(),
		close: async () => {
			for (const close of closing.splice(0)) close();
			await services.stop();
			await line.close();
		},
	};
}
