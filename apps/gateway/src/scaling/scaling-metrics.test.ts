import type { RegisteredWorker } from '@errand/core/ports/worker-registry.ts';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { measureQueues } from './queue-metrics.ts';
import { ScalingMetrics } from './scaling-metrics.ts';

function worker(more: Partial<RegisteredWorker>): RegisteredWorker {
	return {
		...{ worker: 'w', host: 'h', pid: 1, release: '1', startedAt: 0, paused: false, sessions: [], slots: 4 },
		...{ state: 'WAITING', since: 0, at: 0, capabilities: [], running: [], load: 0, rss: 0 },
		...more,
	};
}

describe('metrics of queues', () => {
	it('show what waits and runs by capability with one look, and workers by pool', async () => {
		const registry = new Registry();
		let looks = 0;
		measureQueues(registry, {
			depths: async () => {
				looks++;
				return [{ capability: 'web.read', waiting: 7, running: 2, oldestWaitMs: 1_500 }];
			},
			workers: () => [
				worker({ pool: 'readers' }),
				worker({ pool: 'readers', state: 'SHUTDOWN' }),
				worker({ paused: true }),
			],
		});
		const text = await registry.metrics();
		expect(looks).toBe(1);
		for (const line of [
			'errand_queue_waiting{capability="web.read"} 7',
			'errand_queue_running{capability="web.read"} 2',
			'errand_queue_oldest_wait_seconds{capability="web.read"} 1.5',
			'errand_pool_workers{pool="readers",state="live"} 1',
			'errand_pool_workers{pool="readers",state="draining"} 1',
			'errand_pool_workers{pool="none",state="paused"} 1',
		]) {
			expect(text).toContain(line);
		}
	});

	it('show nothing rather than old numbers when the queues are out of reach', async () => {
		const registry = new Registry();
		let isAway = false;
		measureQueues(registry, {
			depths: async () => {
				if (isAway) throw new Error('away');
				return [{ capability: 'web.read', waiting: 7, running: 2, oldestWaitMs: 1_500 }];
			},
			workers: () => [],
		});
		expect(await registry.metrics()).toContain('errand_queue_waiting{');
		isAway = true;
		expect(await registry.metrics()).not.toContain('errand_queue_waiting{');
	});
});

describe('metrics of scaling', () => {
	it('count what is done, and show sizes only where they are decided', async () => {
		const registry = new Registry();
		const metrics = new ScalingMetrics();
		metrics.mount(registry);
		metrics.decided('readers', { desired: 3, starting: 2 });
		metrics.acted('readers', 'grow', 2);
		metrics.failed('readers');
		const text = await registry.metrics();
		expect(text).toContain('errand_pool_desired_workers{pool="readers"} 3');
		expect(text).toContain('errand_scaling_workers_total{pool="readers",action="grow"} 2');
		expect(text).toContain('errand_scaling_failures_total{pool="readers"} 1');
		metrics.ended();
		expect(await registry.metrics()).not.toContain('errand_pool_desired_workers{');
	});
});
