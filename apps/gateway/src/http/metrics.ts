import type { Request, Response } from 'express';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** HttpMetrics counts what the HTTP side does, in a registry of its own; others may add theirs to it. */
export class HttpMetrics {
	readonly registry = new Registry();
	readonly #seconds: Histogram<'method' | 'route' | 'status'>;
	readonly #refusals: Counter<'code'>;

	constructor(live: { streams: () => number; sockets: () => number }) {
		const registers = [this.registry];
		this.#seconds = new Histogram({
			name: 'errand_http_request_seconds',
			help: 'Time to answer, by route.',
			labelNames: ['method', 'route', 'status'],
			buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
			registers,
		});
		this.#refusals = new Counter({
			name: 'errand_http_refusals_total',
			help: 'Refused calls, by error code.',
			labelNames: ['code'],
			registers,
		});
		gauge(registers, 'errand_event_streams', 'Open event streams.', live.streams);
		gauge(registers, 'errand_sockets', 'Open socket connections.', live.sockets);
		gauge(registers, 'process_resident_memory_bytes', 'Memory of this process.', () => process.memoryUsage.rss());
		gauge(registers, 'process_cpu_seconds', 'CPU time of this process.', () => {
			const { user, system } = process.cpuUsage();
			return (user + system) / 1e6;
		});
		gauge(registers, 'process_uptime_seconds', 'Time since the start of this process.', () => process.uptime());
	}

	/** Streams live as long as somebody looks, so they are counted while open and not timed. */
	answered(request: Request, response: Response, seconds: number): void {
		const route: unknown = request.route?.path;
		const labels = {
			method: request.method,
			route: typeof route === 'string' ? route : 'other',
			status: String(response.statusCode),
		};
		if (response.getHeader('Content-Type') !== 'text/event-stream') this.#seconds.observe(labels, seconds);
	}

	refused(code: string): void {
		this.#refusals.inc({ code });
	}
}

function gauge(registers: Registry[], name: string, help: string, read: () => number): void {
	new Gauge({
		name,
		help,
		registers,
		collect() {
			this.set(read());
		},
	});
}
