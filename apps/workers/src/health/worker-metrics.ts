import type { RegisteredWorker } from '@errand/core/ports/worker-registry.ts';
import type { RunCounts } from '../host/run-tally.ts';

/** workerMetrics is what a worker tells Prometheus. The library is loaded when somebody asks first: most workers are never asked. */
export function workerMetrics(parts: {
	readonly describe: () => RegisteredWorker;
	readonly runCounts: () => RunCounts;
}): () => Promise<{ type: string; text: string }> {
	const load = async () => {
		const { Counter, Gauge, Registry } = await import('prom-client');
		const registry = new Registry();
		const registers = [registry];
		const gauge = (name: string, help: string, read: (worker: RegisteredWorker) => number) =>
			new Gauge({
				...{ name, help, registers },
				collect() {
					this.set(read(parts.describe()));
				},
			});
		gauge('errand_worker_slots', 'Places for handler children.', ({ slots }) => slots);
		gauge('errand_worker_load', 'Share of those places in use.', ({ load }) => load);
		gauge('errand_worker_sessions', 'Tasks whose browser is here.', ({ sessions }) => sessions.length);
		gauge('errand_worker_paused', '1 while it takes nothing new.', ({ paused }) => Number(paused));
		gauge('process_resident_memory_bytes', 'Memory of this process.', ({ rss }) => rss);
		gauge('process_uptime_seconds', 'Time since the start of this process.', () => process.uptime());
		gauge('process_cpu_seconds', 'CPU time of this process.', () => {
			const { user, system } = process.cpuUsage();
			return (user + system) / 1e6;
		});
		new Gauge({
			...{ name: 'errand_worker_running', help: 'Runs under way, by capability.', registers },
			labelNames: ['capability'],
			collect() {
				for (const { name, running } of parts.describe().capabilities) this.set({ capability: name }, running);
			},
		});
		new Counter({
			...{ name: 'errand_worker_runs_total', help: 'Runs that ended, by capability and how.', registers },
			labelNames: ['capability', 'outcome'],
			collect() {
				this.reset();
				for (const { capability, outcome, count } of parts.runCounts()) this.inc({ capability, outcome }, count);
			},
		});
		return registry;
	};
	let registry: ReturnType<typeof load> | undefined;
	return async () => {
		registry ??= load();
		const loaded = await registry;
		return { type: loaded.contentType, text: await loaded.metrics() };
	};
}
