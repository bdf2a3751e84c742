import { type Place, ReleaseLine } from '../../domain/dispatch/release-line.ts';
import type { IJobQueue, IJobSource, Job, JobConsumer, QueueDepth } from '../../ports/job-queue.ts';

/**
 * InProcessJobQueue hands jobs to worker hosts of this process. Capabilities take turns, and within one the people do, each
 * by priority and in order of arrival. A job marked `alone` runs while nothing else does; after each such job the others get a turn.
 * `run` is always 1: a job that is lost is lost with the process, and history brings it back as a new attempt.
 */
export class InProcessJobQueue implements IJobQueue, IJobSource {
	readonly lostWith = 'server-died';
	readonly #entries = new Map<string, Entry>();
	readonly #lines = new Map<string, ReleaseLine<Entry>>();
	readonly #alone = new ReleaseLine<Entry>();
	readonly #consumers = new Set<JobConsumer>();
	#running = 0;
	#aloneRunning = false;
	#othersFirst = false;
	#dispatchScheduled = false;

	enqueue(job: Job): Promise<void> {
		if (!this.#entries.has(job.id)) {
			const line = job.alone ? this.#alone : this.#lineOf(job.capability);
			const entry: Entry = { job, line, since: performance.now() };
			entry.place = join(entry);
			this.#entries.set(job.id, entry);
			this.#scheduleDispatch();
		}
		return DONE;
	}

	cancel(jobId: string): Promise<void> {
		const entry = this.#entries.get(jobId);
		if (entry?.running !== undefined) entry.running.abort();
		else if (entry?.place !== undefined) {
			entry.line.leave(entry.place);
			this.#entries.delete(jobId);
			// It may have been an alone job that held the others back.
			this.#scheduleDispatch();
		}
		return DONE;
	}

	async holds(jobId: string): Promise<boolean> {
		return this.#entries.has(jobId);
	}

	/** What waits and runs, by capability. It goes through all jobs, so it is for people who look, not for dispatch. */
	depths(): readonly QueueDepth[] {
		const now = performance.now();
		const depths = new Map<string, { capability: string; waiting: number; running: number; oldestWaitMs: number }>();
		for (const { job, running, since } of this.#entries.values()) {
			const { capability } = job;
			const depth = depths.get(capability) ?? { capability, waiting: 0, running: 0, oldestWaitMs: 0 };
			depths.set(capability, depth);
			if (running !== undefined) depth.running++;
			else {
				depth.waiting++;
				depth.oldestWaitMs = Math.max(depth.oldestWaitMs, Math.round(now - since));
			}
		}
		return [...depths.values()];
	}

	/** It is lost with the process only. */
	onDoubt(): () => void {
		return () => {};
	}

	consume(consumer: JobConsumer): { freed(): void; settled(jobId: string): void; stop(): void } {
		this.#consumers.add(consumer);
		this.#scheduleDispatch();
		return {
			freed: () => this.#scheduleDispatch(),
			settled: (jobId) => this.#settle(jobId),
			stop: () => {
				this.#consumers.delete(consumer);
			},
		};
	}

	#lineOf(capability: string): ReleaseLine<Entry> {
		const known = this.#lines.get(capability);
		if (known !== undefined) return known;
		const line = new ReleaseLine<Entry>();
		this.#lines.set(capability, line);
		return line;
	}

	#settle(jobId: string): void {
		const entry = this.#entries.get(jobId);
		if (entry?.running === undefined) return;
		this.#entries.delete(jobId);
		this.#running--;
		if (entry.job.alone) {
			this.#aloneRunning = false;
			this.#othersFirst = true;
		}
		this.#scheduleDispatch();
	}

	// Once per turn of the microtask queue, so that jobs enqueued together are shared out together.
	#scheduleDispatch(): void {
		if (this.#dispatchScheduled) return;
		this.#dispatchScheduled = true;
		queueMicrotask(() => {
			this.#dispatchScheduled = false;
			this.#dispatch();
		});
	}

	#dispatch(): void {
		if (this.#aloneRunning) return;
		if (this.#alone.size > 0 && !this.#othersFirst) return this.#dispatchAlone();
		while (this.#dispatchRound()) {}
		if (this.#running === 0) this.#dispatchAlone();
		this.#othersFirst = false;
	}

	/** Starts the next alone job once nothing runs; until then nothing else is started either, so that its turn comes. */
	#dispatchAlone(): void {
		if (this.#running > 0) return;
		for (let left = this.#alone.size; left > 0; left--) {
			const entry = this.#alone.serve();
			if (entry === undefined) return;
			const consumer = this.#consumerFor(entry.job.capability);
			if (consumer !== undefined) {
				this.#aloneRunning = true;
				return this.#handOver(entry, consumer);
			}
			entry.place = join(entry);
		}
		// No host can take any of them now, so they hold nobody back.
		while (this.#dispatchRound()) {}
	}

	/** One job of each capability that has a free slot; false when there was none. The map is reordered, so that the turn goes on next time. */
	#dispatchRound(): boolean {
		let started = false;
		for (const [capability, line] of [...this.#lines]) {
			const consumer = line.size === 0 ? undefined : this.#consumerFor(capability);
			const entry = consumer === undefined ? undefined : line.serve();
			if (line.size === 0) this.#lines.delete(capability);
			if (entry === undefined || consumer === undefined) continue;
			if (this.#lines.size > 1 && this.#lines.delete(capability)) this.#lines.set(capability, line);
			this.#handOver(entry, consumer);
			started = true;
		}
		return started;
	}

	#consumerFor(capability: string): JobConsumer | undefined {
		let best: JobConsumer | undefined;
		let most = 0;
		for (const consumer of this.#consumers) {
			const free = consumer.freeSlots(capability);
			if (free > most) [best, most] = [consumer, free];
		}
		return best;
	}

	#handOver(entry: Entry, consumer: JobConsumer): void {
		entry.place = undefined;
		entry.running = new AbortController();
		this.#running++;
		consumer.take(entry.job, 1, entry.running.signal);
	}
}

const DONE = Promise.resolve();

function join(entry: Entry): Place<Entry> {
	return entry.line.join({ group: entry.job.person, priority: entry.job.priority }, entry);
}

/** A job waits at a `place` of its line, or is `running`. */
interface Entry {
	readonly job: Job;
	readonly line: ReleaseLine<Entry>;
	/** When it was enqueued, on the clock of the process. */
	readonly since: number;
	place?: Place<Entry> | undefined;
	running?: AbortController;
}
