import { QueueKeys, RedisConnection, RedisQueueBackend } from 'bullmq';
import type { RedisLine } from '../redis/open-redis-line.ts';

/** JOB_LOCK_MS is how long a worker that was killed keeps its jobs from others; a living one renews every `LOCK_RENEWAL_MS`. */
export const JOB_LOCK_MS = 500;
export const LOCK_RENEWAL_MS = 150;
/** STALLED_CHECK_MS is how often jobs are looked for whose worker died. */
export const STALLED_CHECK_MS = 200;

type Connection = ReturnType<RedisLine['connect']>;

/** JobQueue is one queue of BullMQ; `keys` are its names in Redis. */
export interface JobQueue {
	readonly name: string;
	readonly backend: RedisQueueBackend;
	readonly keys: { readonly wait: string; readonly active: string; readonly stalled: string; readonly marker: string };
	jobKey(bullId: string): string;
}

/**
 * BullQueues are BullMQ's queues over one connection. It works on their backends rather than through `Queue` and `Worker`: a
 * `Worker` for each of a host's capabilities would take two connections each, and could not share the host's slots among them.
 */
export class BullQueues {
	readonly redis: Connection;
	readonly #line: RedisLine;
	readonly #connection: RedisConnection;
	readonly #known = new Map<string, JobQueue>();

	constructor(line: RedisLine, purpose: string) {
		this.#line = line;
		this.redis = line.connect(purpose, CONNECTION);
		this.#connection = new RedisConnection(this.redis, { shared: true, blocking: false, skipVersionCheck: true });
		// An unheard `error` would end the process; the line tells of outages.
		this.#connection.on('error', () => {});
	}

	/** Of one name, always the same one. */
	of(name: string): JobQueue {
		const known = this.#known.get(name);
		if (known !== undefined) return known;
		const prefix = this.#line.keys.queuePrefix(name);
		const names = new QueueKeys(prefix);
		const toKey = (type: string) => names.toKey(name, type);
		const options = { connection: this.redis, prefix, ...TIMES };
		const backend = new RedisQueueBackend(
			this.#connection,
			name,
			names.getKeys(name),
			toKey,
			options,
			undefined,
			false,
		);
		const keys = {
			wait: toKey('wait'),
			active: toKey('active'),
			stalled: toKey('stalled'),
			marker: toKey('marker'),
		};
		const queue = { name, backend, keys, jobKey: toKey };
		this.#known.set(name, queue);
		return queue;
	}

	/** Forgets a queue that is no longer used, and removes what is left of it in Redis, where nothing waits or runs in it. */
	async drop(name: string): Promise<void> {
		const { keys, jobKey } = this.of(name);
		this.#known.delete(name);
		if ((await this.redis.exists(keys.wait, keys.active)) > 0) return;
		await this.redis.unlink(keys.stalled, keys.marker, ...LEFT_OVER.map(jobKey));
	}

	close(): void {
		this.redis.disconnect();
	}
}

/** capabilityQueue is the queue that all workers with a capability share. */
export function capabilityQueue(capability: string): string {
	return `cap.${capability}`;
}

/** workerQueue is the queue of one capability that only one worker serves. */
export function workerQueue(worker: string, capability: string): string {
	return `worker.${encodeURIComponent(worker)}.${capability}`;
}

/** bullId is a job's id as BullMQ takes it: without a colon. */
export function bullId(jobId: string): string {
	return encodeURIComponent(jobId);
}

/** jobIdOf undoes `bullId`. */
export function jobIdOf(id: string): string {
	return decodeURIComponent(id);
}

const TIMES = { lockDuration: JOB_LOCK_MS };

/** What Redis does not answer fails after a while and is done again. No auto-pipelining: it throws past its callers when a connection is lost. */
const CONNECTION = {
	maxRetriesPerRequest: 6,
	commandTimeout: 4_000,
	socketTimeout: 2_000,
} as const;

const LEFT_OVER = ['meta', 'id', 'events', 'stalled-check', 'pc'];
