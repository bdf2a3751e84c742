import type { TaskId } from '@errand/core/domain/ids.ts';

/** QueuedJob is one attempt of a step in the queue, from its release until its outcome is recorded. */
export interface QueuedJob {
	readonly id: string;
	readonly task: TaskId;
	readonly stepId: string;
	readonly attempt: number;
	readonly releasedAt: number;
	/** Starts so far. */
	run: number;
	/** The worker whose own queue it stands in. */
	queue: string | undefined;
	/** Who runs it. */
	holder: string | undefined;
	/** When its last holder was lost, until it starts elsewhere. */
	lostAt: number | undefined;
	/** It was in its last holder's own queue. */
	wasNamed: boolean;
}

/** SimulatedQueue keeps the promises that Errand relies on in BullMQ: one holder of a job, in order of arrival, each start counted. */
export class SimulatedQueue {
	readonly #jobs = new Map<string, QueuedJob>();
	readonly #shared = new Line();
	readonly #own = new Map<string, Line>();
	operations = 0;

	holds(id: string): boolean {
		return this.#jobs.has(id);
	}

	add(job: QueuedJob): void {
		if (this.#jobs.has(job.id)) return;
		this.operations++;
		this.#jobs.set(job.id, job);
		this.#lineOf(job.queue).push(job);
	}

	/** The next job for a worker: of its own queue first. */
	take(worker: string): QueuedJob | undefined {
		const job = this.#own.get(worker)?.shift() ?? this.#shared.shift();
		if (job === undefined) return undefined;
		this.operations++;
		job.run++;
		job.holder = worker;
		return job;
	}

	waiting(worker: string): boolean {
		return this.#shared.length > 0 || (this.#own.get(worker)?.length ?? 0) > 0;
	}

	/** Gives a job back whose holder's lock is over; false if it is somebody else's by now. */
	stalled(job: QueuedJob, holder: string, run: number): boolean {
		if (this.#jobs.get(job.id) !== job || job.holder !== holder || job.run !== run) return false;
		this.operations++;
		job.holder = undefined;
		this.#lineOf(job.queue).push(job);
		return true;
	}

	/** Its outcome is recorded. */
	complete(id: string): void {
		if (this.#jobs.delete(id)) this.operations++;
	}

	/** Moves what waits for a worker that is gone where others can take it. */
	abandon(worker: string): void {
		const line = this.#own.get(worker);
		this.#own.delete(worker);
		for (let job = line?.shift(); job !== undefined; job = line?.shift()) {
			this.operations++;
			job.queue = undefined;
			this.#shared.push(job);
		}
	}

	#lineOf(worker: string | undefined): Line {
		if (worker === undefined) return this.#shared;
		const line = this.#own.get(worker) ?? new Line();
		this.#own.set(worker, line);
		return line;
	}
}

/** A line whose front leaves in constant time, however long it is. */
class Line {
	#jobs: (QueuedJob | undefined)[] = [];
	#first = 0;

	get length(): number {
		return this.#jobs.length - this.#first;
	}

	push(job: QueuedJob): void {
		this.#jobs.push(job);
	}

	shift(): QueuedJob | undefined {
		const job = this.#jobs[this.#first];
		if (job === undefined) return undefined;
		this.#jobs[this.#first++] = undefined;
		if (this.#first > 1_000 && this.#first * 2 > this.#jobs.length) {
			this.#jobs = this.#jobs.slice(this.#first);
			this.#first = 0;
		}
		return job;
	}
}
