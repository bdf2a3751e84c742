import type { PersonView } from '@errand/core/domain/person/person-view.ts';
import type { WorkerPool } from '@errand/core/orchestrator/desks/cluster.ts';
import type { DeadLetter, DeadLetterDetail } from '@errand/core/orchestrator/desks/desk.ts';
import type { QueueDepth } from '@errand/core/ports/job-queue.ts';
import type { WorkerOrder, WorkerState } from '@errand/core/ports/worker-registry.ts';
import type { Ask } from './api.ts';

/** Worker is who carries out steps, as the server shows it. */
export interface Worker {
	readonly id: string;
	readonly state: WorkerState;
	readonly paused: boolean;
	readonly host: string;
	readonly release: string;
	readonly pool?: string | undefined;
	/** With the share of the latest runs that succeeded, 0 to 1. */
	readonly capabilities: readonly { readonly name: string; readonly successRate?: number | undefined }[];
	readonly running: readonly {
		readonly taskId: string;
		readonly stepId: string;
		readonly capability: string;
		readonly since: number;
	}[];
	readonly sessions: number;
	/** Share of its places in use, 0 to 1. */
	readonly load: number;
	readonly memoryBytes: number;
	readonly startedAt: number;
	readonly error?: string | undefined;
}

/** Work is what carries the work, and what waits for it. */
export interface Work {
	readonly workers: readonly Worker[];
	readonly queues: readonly QueueDepth[];
	readonly pools: readonly WorkerPool[];
}

/** SystemApi is every call about what carries the work and about what gave up. */
export interface SystemApi {
	isOwner(): Promise<boolean>;
	work(): Promise<Work>;
	order(worker: string, order: WorkerOrder): Promise<unknown>;
	scale(pool: string, size: number | 'auto'): Promise<unknown>;
	deadLetters(): Promise<readonly DeadLetter[]>;
	deadLetter(id: string): Promise<DeadLetterDetail>;
	replay(id: string): Promise<unknown>;
	drop(id: string): Promise<unknown>;
}

/** systemApi makes the calls. */
export function systemApi(ask: Ask): SystemApi {
	const part = encodeURIComponent;
	const letter = (id: string) => `/v1/dead-letters/${part(id)}`;
	return {
		isOwner: async () => (await ask<PersonView>('GET', '/v1/people/me')).role === 'owner',
		work: async () => {
			const [{ workers }, { queues }, { pools }] = await Promise.all([
				ask<Pick<Work, 'workers'>>('GET', '/v1/workers'),
				ask<Pick<Work, 'queues'>>('GET', '/v1/queues'),
				ask<Pick<Work, 'pools'>>('GET', '/v1/pools'),
			]);
			return { workers, queues, pools };
		},
		order: (worker, order) => ask('POST', `/v1/workers/${part(worker)}/${order}`, {}),
		scale: (pool, size) => ask('POST', `/v1/pools/${part(pool)}/scale`, { size }),
		deadLetters: async () => (await ask<{ deadLetters: readonly DeadLetter[] }>('GET', '/v1/dead-letters')).deadLetters,
		deadLetter: (id) => ask('GET', letter(id)),
		replay: (id) => ask('POST', `${letter(id)}/replay`, {}),
		drop: (id) => ask('DELETE', letter(id)),
	};
}
