import { describeError } from '../../domain/errors.ts';
import type { IClock } from '../../ports/clock.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { ServiceState } from '../../ports/services.ts';

/** ServiceStates remember how each service stands, and tell whoever watches what changes. */
export class ServiceStates {
	readonly #clock: IClock;
	readonly #log: ILogger;
	readonly #begun: number;
	readonly #states = new Map<string, ServiceState>();
	readonly #watchers = new Set<(state: ServiceState) => void>();

	constructor({ clock, log }: { readonly clock: IClock; readonly log: ILogger }) {
		this.#clock = clock;
		this.#log = log;
		this.#begun = clock.now();
	}

	state(name: string): ServiceState {
		return this.#states.get(name) ?? { name, available: false, instances: 0, since: this.#begun };
	}

	/** Every service that was ever there, by name. */
	list(): readonly ServiceState[] {
		return [...this.#states.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
	}

	watch(listener: (state: ServiceState) => void): () => void {
		// A wrapper of its own, because the same function may watch twice.
		const entry = (state: ServiceState) => listener(state);
		this.#watchers.add(entry);
		return () => void this.#watchers.delete(entry);
	}

	/** So many serve a name now. */
	update(name: string, instances: number): void {
		const before = this.state(name);
		const available = instances > 0;
		if (before.instances === instances) return;
		const since = before.available === available ? before.since : this.#clock.now();
		const state: ServiceState = { name, available, instances, since };
		this.#states.set(name, state);
		if (before.available !== available) this.#log.info('service availability changed', { name, available });
		for (const watcher of [...this.#watchers]) {
			try {
				watcher(state);
			} catch (error) {
				this.#log.error('watcher of services failed', { name, error: describeError(error) });
			}
		}
	}
}
