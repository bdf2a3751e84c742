import { Counter, Gauge, type Registry } from 'prom-client';

/** FrontendMetrics counts what goes in and out by frontend, and shows which of them are up. */
export class FrontendMetrics {
	readonly #up: Gauge<'frontend'>;
	readonly #received: Counter<'frontend' | 'outcome'>;
	readonly #reports: Counter<'frontend' | 'status'>;

	constructor(registry: Registry) {
		const registers = [registry];
		this.#up = new Gauge({
			name: 'errand_frontend_up',
			help: 'Whether a configured frontend works: 1, else 0.',
			labelNames: ['frontend'],
			registers,
		});
		this.#received = new Counter({
			name: 'errand_frontend_messages_total',
			help: 'Messages that came in, by frontend and what became of them (accepted, or the error code).',
			labelNames: ['frontend', 'outcome'],
			registers,
		});
		this.#reports = new Counter({
			name: 'errand_frontend_delivery_reports_total',
			help: 'What platforms reported later about messages they took.',
			labelNames: ['frontend', 'status'],
			registers,
		});
	}

	state(frontend: string, up: boolean): void {
		this.#up.set({ frontend }, up ? 1 : 0);
	}

	received(frontend: string, outcome: string): void {
		this.#received.inc({ frontend, outcome });
	}

	reported(frontend: string, status: string): void {
		this.#reports.inc({ frontend, status });
	}
}
