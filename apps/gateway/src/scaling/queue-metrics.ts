import type { QueueDepth } from '@errand/core/ports/job-queue.ts';
import type { RegisteredWorker } from '@errand/core/ports/worker-registry.ts';
import { Gauge, type Registry } from 'prom-client';

/** QueueSource is where the numbers come from; they are those of the whole cluster, the same in every gateway. */
export interface QueueSource {
	depths(): readonly QueueDepth[] | Promise<readonly QueueDepth[]>;
	workers(): readonly RegisteredWorker[];
}

/**
 * measureQueues shows what waits and runs by capability, and the workers by pool, read when somebody asks. Every gateway shows
 * the same, so who puts them together takes the largest, not the sum.
 */
export function measureQueues(registry: Registry, source: QueueSource): void {
	// All gauges of one visit share one look.
	let look: Promise<readonly QueueDepth[]> | undefined;
	const depths = () => {
		look ??= Promise.resolve(source.depths()).finally(() => {
			look = undefined;
		});
		return look;
	};
	const byCapability = (name: string, help: string, read: (depth: QueueDepth) => number) => {
		new Gauge({
			...{ name, help, labelNames: ['capability'], registers: [registry] },
			async collect() {
				// Out of reach, the numbers are not known: better none than old ones.
				const seen = await depths().catch(() => []);
				this.reset();
				for (const depth of seen) this.set({ capability: depth.capability }, read(depth));
			},
		});
	};
	byCapability('errand_queue_waiting', 'Jobs ready to run that no worker has.', ({ waiting }) => waiting);
	byCapability('errand_queue_running', 'Jobs that workers run.', ({ running }) => running);
	byCapability(
		'errand_queue_oldest_wait_seconds',
		'How long the job waits that waits longest.',
		({ oldestWaitMs }) => oldestWaitMs / 1_000,
	);
	new Gauge({
		...{ name: 'errand_pool_workers', help: 'Workers by pool and state.', labelNames: ['pool', 'state'] },
		registers: [registry],
		collect() {
			this.reset();
			for (const { pool = 'none', state, paused } of source.workers()) {
				this.inc({ pool, state: paused ? 'paused' : state === 'SHUTDOWN' ? 'draining' : 'live' });
			}
		},
	});
}
