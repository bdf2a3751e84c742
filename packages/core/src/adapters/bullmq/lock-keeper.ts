import { describeError } from '../../domain/errors.ts';
import type { IClock } from '../../ports/clock.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { BullQueues, JobQueue } from './bull-queues.ts';
import { LOCK_RENEWAL_MS } from './bull-queues.ts';
import type { HeldRun } from './held-run.ts';
import { keepLocks } from './queue-scripts.ts';

/**
 * LockKeeper renews the locks of the jobs that run here. A run is lost when somebody else has its lock, or when none is known to be renewed
 * for `LOST_AFTER_MS`: longer than a restart of Redis, because nobody takes jobs over meanwhile. A run whose end is being told is never
 * lost: its job may be off the queue before that is known here, and if somebody else did take it, the outcome is refused. Its lock is
 * renewed until then, or the job would start again.
 */
export class LockKeeper {
	readonly #queues: BullQueues;
	readonly #clock: IClock;
	readonly #log: ILogger;
	readonly #lost: (run: HeldRun) => void;
	readonly #held = new Set<HeldRun>();
	readonly #asking = new Set<JobQueue>();
	#callOff: (() => void) | undefined;

	constructor(parts: { queues: BullQueues; clock: IClock; log: ILogger; lost: (run: HeldRun) => void }) {
		this.#queues = parts.queues;
		this.#clock = parts.clock;
		this.#log = parts.log;
		this.#lost = parts.lost;
	}

	keep(run: HeldRun): void {
		run.renewedAt = performance.now();
		this.#held.add(run);
		this.#callOff ??= this.#clock.after(LOCK_RENEWAL_MS, () => this.#renew());
	}

	letGo(run: HeldRun): void {
		this.#held.delete(run);
	}

	stop(): void {
		this.#held.clear();
		this.#callOff?.();
	}

	#renew(): void {
		this.#callOff = undefined;
		if (this.#held.size === 0) return;
		const byQueue = Map.groupBy(this.#held, ({ lane }) => lane.queue);
		for (const [queue, runs] of byQueue) if (!this.#asking.has(queue)) void this.#ask(queue, runs);
		this.#dropSilent();
		this.#callOff = this.#clock.after(LOCK_RENEWAL_MS, () => this.#renew());
	}

	async #ask(queue: JobQueue, runs: readonly HeldRun[]): Promise<void> {
		this.#asking.add(queue);
		const askedAt = performance.now();
		try {
			const lost = new Set(await keepLocks(this.#queues.redis, queue, runs));
			for (const run of runs) {
				if (!lost.has(run.id)) run.renewedAt = askedAt;
				else if (this.#held.delete(run) && !run.ending) this.#lost(run);
			}
		} catch (error) {
			this.#log.debug('locks not renewed', { queue: queue.name, error: describeError(error) });
		} finally {
			this.#asking.delete(queue);
		}
	}

	#dropSilent(): void {
		const now = performance.now();
		for (const run of this.#held) {
			if (run.ending || now - run.renewedAt <= LOST_AFTER_MS) continue;
			if (this.#held.delete(run)) this.#lost(run);
		}
	}
}

const LOST_AFTER_MS = 3_000;
