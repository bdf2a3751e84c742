import { hostname } from 'node:os';
import { readRelease } from '@errand/core/infrastructure/release.ts';
import { ClusterDesk } from '@errand/core/orchestrator/cluster/cluster-desk.ts';
import { loneWorker } from '@errand/core/orchestrator/cluster/lone-worker.ts';
import type { IClusterDesk } from '@errand/core/orchestrator/desks/cluster.ts';
import type { QueueDepth } from '@errand/core/ports/job-queue.ts';
import type { RegisteredWorker, WorkerStatus } from '@errand/core/ports/worker-registry.ts';

interface Parts {
	readonly workers: {
		status(): WorkerStatus & Partial<Pick<RegisteredWorker, 'sessions' | 'slots'>>;
	};
	readonly queue: { depths(): readonly QueueDepth[] };
	/** ms since 1970. */
	readonly startedAt: number;
}

/** embeddedCluster is the owner's view of a server that does everything in one process. */
export function embeddedCluster({ workers, queue, startedAt }: Parts): IClusterDesk {
	const itself = { host: hostname(), pid: process.pid, release: readRelease(), startedAt, paused: false };
	return new ClusterDesk({
		registry: loneWorker(() => ({ sessions: [], slots: 0, ...workers.status(), ...itself })),
		depths: () => queue.depths(),
	});
}
