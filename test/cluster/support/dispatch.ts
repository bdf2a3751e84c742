import { randomBytes } from 'node:crypto';
import { BullJobQueue, type BullJobQueueOptions } from '@errand/core/adapters/bullmq/bull-job-queue.ts';
import { BullJobSource, type BullJobSourceOptions } from '@errand/core/adapters/bullmq/bull-job-source.ts';
import { SystemClock } from '@errand/core/adapters/in-process/system-clock.ts';
import { openRedisLine, type RedisLine } from '@errand/core/adapters/redis/open-redis-line.ts';
import { textSeal } from '@errand/core/adapters/sealing/text-seal.ts';
import type { TaskId } from '@errand/core/domain/ids.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { IWorkerRegistry, RegisteredWorker, WorkerEvent } from '@errand/core/ports/worker-registry.ts';

/** SILENT logs nothing. */
export const SILENT: ILogger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** aWorker is a living worker that can do `test.work` and `test.other`, five at once. */
export function aWorker(worker: string, overrides: Partial<RegisteredWorker> = {}): RegisteredWorker {
	const capabilities = ['test.work', 'test.other'].map((name) => {
		return { name, version: 1, placement: 'inline' as const, concurrency: 5, running: 0 };
	});
	return {
		...{ worker, state: 'WAITING', since: 0, at: 0, capabilities, running: [], load: 0, rss: 0, host: 'here', pid: 1 },
		...{ release: '0', startedAt: 0, paused: false, sessions: [], slots: 5 },
		...overrides,
	};
}

/** ToldRegistry is a registry that knows what it is told. */
export class ToldRegistry implements IWorkerRegistry {
	readonly #workers = new Map<string, RegisteredWorker>();
	readonly #listeners = new Set<(event: WorkerEvent) => void>();

	constructor(...workers: readonly RegisteredWorker[]) {
		for (const worker of workers) this.#workers.set(worker.worker, worker);
	}

	list(): readonly RegisteredWorker[] {
		return [...this.#workers.values()];
	}

	async order(): Promise<void> {}

	subscribe(listener: (event: WorkerEvent) => void): () => void {
		this.#listeners.add(listener);
		return () => void this.#listeners.delete(listener);
	}

	hear(kind: WorkerEvent['kind'], worker: RegisteredWorker): void {
		if (kind === 'died' || kind === 'left') this.#workers.delete(worker.worker);
		else this.#workers.set(worker.worker, worker);
		for (const listener of this.#listeners) listener({ kind, worker });
	}
}

const CATALOGUE = [
	{ name: 'test.work' },
	{ name: 'test.other' },
	{ name: 'test.visit', sessions: ['browser'] },
] as const;

/** Dispatch is one cluster's queue without anything else, for one test. */
export class Dispatch {
	readonly cluster: string;
	readonly sessions = new Map<TaskId, string>();
	readonly #redisUrl: string;
	readonly #closing: (() => unknown)[] = [];

	constructor(redisUrl: string, cluster = `test-${randomBytes(6).toString('hex')}`) {
		this.#redisUrl = redisUrl;
		this.cluster = cluster;
	}

	async line(self: string): Promise<RedisLine> {
		const line = await openRedisLine({ url: this.#redisUrl, cluster: this.cluster, self, log: SILENT });
		this.#closing.unshift(() => line.close());
		return line;
	}

	async queue(
		registry: IWorkerRegistry,
		options: Partial<BullJobQueueOptions> & { readonly self?: string } = {},
	): Promise<BullJobQueue> {
		const { self = 'gateway' } = options;
		const queue = new BullJobQueue({
			line: options.line ?? (await this.line(self)),
			registry,
			places: { workerOf: async (task) => this.sessions.get(task) },
			catalogue: { list: () => CATALOGUE },
			...{ self, seal: SEAL, clock: new SystemClock(), log: SILENT },
			...options,
		});
		await queue.start();
		this.#closing.unshift(() => queue.stop());
		return queue;
	}

	async source(worker: string, options: Partial<BullJobSourceOptions> = {}): Promise<BullJobSource> {
		const capabilities = ['test.work', 'test.other', 'test.visit'].map((name) => ({ name, concurrency: 5 }));
		const source = new BullJobSource({
			line: options.line ?? (await this.line(worker)),
			...{ worker, capabilities: () => capabilities, seal: SEAL, clock: new SystemClock(), log: SILENT },
			...options,
		});
		this.#closing.unshift(() => source.close());
		return source;
	}

	/** Ends everything that was opened here. */
	async close(): Promise<void> {
		for (const close of this.#closing.splice(0)) await close();
	}
}

const SEAL = textSeal(Buffer.alloc(32));
