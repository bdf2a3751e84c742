import type { AbleWorker } from '@errand/core/domain/dispatch/able-worker.ts';
import { WorkerChoice } from '@errand/core/domain/dispatch/choose-worker.ts';
import { admissible } from '@errand/core/domain/dispatch/release.ts';
import { ReleaseLine } from '@errand/core/domain/dispatch/release-line.ts';
import { WorkerStats } from '@errand/core/domain/dispatch/worker-stats.ts';
import type { Chance } from '../chance.ts';
import type { QueuedJob } from './simulated-queue.ts';

/** CAPABILITY is what every simulated step needs. */
export const CAPABILITY = 'web.read';

/** SimulatedGateway is the home of some tasks: it releases their jobs by the real rule and chooses workers by the real choice. */
export class SimulatedGateway {
	readonly name: string;
	readonly choice: WorkerChoice;
	alive = true;
	readonly #line = new ReleaseLine<QueuedJob>();
	readonly #ready = new Set<string>();
	readonly #released = new Set<string>();
	readonly #chance: Chance;

	constructor({ name, now, chance }: { name: string; now: () => number; chance: Chance }) {
		this.name = name;
		this.#chance = chance;
		this.choice = new WorkerChoice({ stats: new WorkerStats({ halfLifeMs: 600_000 }), now });
	}

	knows(jobId: string): boolean {
		return this.#ready.has(jobId) || this.#released.has(jobId);
	}

	enqueue(job: QueuedJob, person: string): void {
		this.#ready.add(job.id);
		this.#line.join({ group: person }, job);
	}

	/** A job that another process released before this one took its task over. */
	found(jobId: string): void {
		this.#released.add(jobId);
	}

	over(jobId: string): void {
		this.#ready.delete(jobId);
		this.#released.delete(jobId);
	}

	/** Lets go what may go, and says to which worker's queue. */
	pump(
		known: { slots: number; releasers: number; able: readonly AbleWorker[] },
		release: (job: QueuedJob) => void,
	): void {
		const most = admissible(known);
		while (this.#released.size < most) {
			const job = this.#line.serve();
			if (job === undefined) return;
			// It may be over already, by a report that came another way.
			if (!this.#ready.delete(job.id)) continue;
			this.#released.add(job.id);
			job.queue = this.choice.choose({ capability: CAPABILITY, able: known.able, random: this.#chance });
			release(job);
		}
	}
}
