import type { ScalingAction, ScalingObserver } from '@errand/workers/scaling/pool-scaler.ts';
import { Counter, Gauge, type Registry } from 'prom-client';

/** ScalingMetrics count what the autoscaler does; sizes are shown by the one gateway that decides them. */
export class ScalingMetrics implements ScalingObserver {
	readonly #desired = new Gauge({
		name: 'errand_pool_desired_workers',
		help: 'Workers that a pool should have, as decided last.',
		labelNames: ['pool'],
		registers: [],
	});
	readonly #starting = new Gauge({
		name: 'errand_pool_starting_workers',
		help: 'Workers that were ordered and have not come yet.',
		labelNames: ['pool'],
		registers: [],
	});
	readonly #acted = new Counter({
		name: 'errand_scaling_workers_total',
		help: 'Workers that were ordered (grow), told to leave (shrink), or ended because they did not (tidy).',
		labelNames: ['pool', 'action'],
		registers: [],
	});
	readonly #failed = new Counter({
		name: 'errand_scaling_failures_total',
		help: 'Orders that the platform refused, or did not answer.',
		labelNames: ['pool'],
		registers: [],
	});

	mount(registry: Registry): void {
		for (const metric of [this.#desired, this.#starting]) registry.registerMetric(metric);
		for (const metric of [this.#acted, this.#failed]) registry.registerMetric(metric);
	}

	decided(pool: string, { desired, starting }: { desired: number; starting: number }): void {
		this.#desired.set({ pool }, desired);
		this.#starting.set({ pool }, starting);
	}

	acted(pool: string, action: ScalingAction, workers: number): void {
		this.#acted.inc({ pool, action }, workers);
	}

	failed(pool: string): void {
		this.#failed.inc({ pool });
	}

	ended(): void {
		this.#desired.reset();
		this.#starting.reset();
	}
}
