import type { AbleWorker } from './able-worker.ts';

/** Beats after which a job that was sent and never reported is taken for lost. */
const LOST_AFTER_BEATS = 20;
const MOST_REMEMBERED = 10_000;

interface Since {
	/** Sent there by name and not yet started. */
	waiting: number;
	/** Runs that are known to go on, by their reports. */
	open: number;
	/** What started less what ended since the last beat. */
	delta: number;
	/** Beats since something was sent or started. */
	quiet: number;
	/** Which of all jobs sent by name was the last one sent there. */
	last: number;
}

/**
 * LoadSinceBeat tells how many places a worker has free now: a heartbeat is old by up to an interval, and what was sent
 * there in the meantime counts. It sees its own gateway's jobs only; what another one sent shows with the next beat.
 */
export class LoadSinceBeat {
	#sent = 0;
	readonly #workers = new Map<string, { beat: number; capabilities: Map<string, Since> }>();

	freePlaces(worker: AbleWorker, capability: string): number {
		const load = worker.capabilities.find(({ name }) => name === capability);
		if (load === undefined) return 0;
		const known = this.#afterBeat(worker);
		const since = known?.get(capability);
		const busy = Math.max(0, load.running + (since?.delta ?? 0)) + (since?.waiting ?? 0);
		const free = load.concurrency - busy;
		if (load.placement === 'inline') return free;
		let sent = 0;
		for (const { delta, waiting } of known?.values() ?? []) sent += delta + waiting;
		return Math.min(free, worker.slots - Math.max(0, Math.round(worker.load * worker.slots) + sent));
	}

	sent(worker: string, capability: string): void {
		const since = this.#since(worker, capability);
		since.waiting++;
		since.quiet = 0;
		since.last = ++this.#sent;
	}

	/** The higher, the more recently something was sent there by name; 0 for never. */
	lastSent(worker: string, capability: string): number {
		return this.#workers.get(worker)?.capabilities.get(capability)?.last ?? 0;
	}

	started(worker: string, capability: string): void {
		const since = this.#since(worker, capability);
		since.waiting = Math.max(0, since.waiting - 1);
		since.open++;
		since.delta++;
		since.quiet = 0;
	}

	/** A tiny run may end without ever having been reported as started. */
	ended(worker: string, capability: string): void {
		const since = this.#since(worker, capability);
		if (since.open > 0) {
			since.open--;
			since.delta--;
		} else since.waiting = Math.max(0, since.waiting - 1);
	}

	#afterBeat({ worker, at }: AbleWorker): Map<string, Since> | undefined {
		const known = this.#workers.get(worker);
		if (known === undefined || known.beat === at) return known?.capabilities;
		known.beat = at;
		for (const since of known.capabilities.values()) {
			since.delta = 0;
			if (++since.quiet > LOST_AFTER_BEATS) since.waiting = 0;
		}
		return known.capabilities;
	}

	#since(worker: string, capability: string): Since {
		const known = this.#workers.get(worker) ?? { beat: Number.NaN, capabilities: new Map() };
		// What was touched last stands last, so that the workers that are gone come first.
		this.#workers.delete(worker);
		this.#workers.set(worker, known);
		const [oldest] = this.#workers.keys();
		if (this.#workers.size > MOST_REMEMBERED && oldest !== undefined) this.#workers.delete(oldest);
		const since = known.capabilities.get(capability) ?? { waiting: 0, open: 0, delta: 0, quiet: 0, last: 0 };
		known.capabilities.set(capability, since);
		return since;
	}
}
