import { CoreError } from '../../domain/errors.ts';
import type { QueueDepth } from '../../ports/job-queue.ts';
import type { IWorkerRegistry, RegisteredWorker, WorkerOrder } from '../../ports/worker-registry.ts';
import type { IClusterDesk, IWorkerPools, TaskSessions, WorkerPool } from '../desks/cluster.ts';

interface Dependencies {
	readonly registry: Pick<IWorkerRegistry, 'list' | 'order'>;
	readonly depths: () => readonly QueueDepth[] | Promise<readonly QueueDepth[]>;
	/** Undefined where nothing scales. */
	readonly pools?: IWorkerPools | undefined;
}

/** ClusterDesk shows the workers of a registry with their queues, and hands orders on. */
export class ClusterDesk implements IClusterDesk {
	readonly #deps: Dependencies;

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	workers(): readonly RegisteredWorker[] {
		return this.#deps.registry.list().toSorted((a, b) => (a.worker < b.worker ? -1 : 1));
	}

	order(worker: string, order: WorkerOrder): Promise<void> {
		return this.#deps.registry.order(worker, order);
	}

	async queues(): Promise<readonly QueueDepth[]> {
		const depths = await this.#deps.depths();
		return depths
			.filter(({ waiting, running }) => waiting + running > 0)
			.toSorted((a, b) => b.waiting - a.waiting || (a.capability < b.capability ? -1 : 1));
	}

	sessions(): readonly TaskSessions[] {
		return this.workers().flatMap(({ worker, sessions }) => sessions.map((taskId) => ({ taskId, worker })));
	}

	async pools(): Promise<readonly WorkerPool[]> {
		return (await this.#deps.pools?.list()) ?? [];
	}

	async scale(pool: string, size: number | 'auto'): Promise<void> {
		if (this.#deps.pools !== undefined) return this.#deps.pools.scaleTo(pool, size);
		throw new CoreError('not-found', `There is no pool "${pool}": nothing here starts and stops workers.`, {
			hint: 'Start workers yourself with `npm run worker`, or set up scaling.',
		});
	}
}
