import { admissible, type RateLimit, type TokenBucket, takeToken } from '../../domain/dispatch/release.ts';
import { type Place, ReleaseLine } from '../../domain/dispatch/release-line.ts';
import type { Job } from '../../ports/job-queue.ts';

/** ReadyJob is a job of this process's tasks, waiting here or released into a queue. */
export interface ReadyJob {
	readonly job: Job;
	/** When it came, ms since 1970. */
	readonly since: number;
	/** Runs it had in queues it was taken back from. */
	earlierRuns: number;
	line: DeskLine;
	place?: Place<ReadyJob> | undefined;
	/** The queue it was released into, and when (ms by the desk's clock, as all times below); `there` once Redis said so. */
	released?: { readonly queue: string; readonly at: number; there: boolean } | undefined;
	/** It was taken back from a worker's own queue: it had its turn, and goes before others. */
	returned?: boolean | undefined;
	/** When it was first seen waiting in a worker's own queue since it last ran, and when its session's place was last asked for. */
	waitsSince?: number | undefined;
	askedAt?: number | undefined;
}

/** DeskLine is where jobs wait for one queue: their capability's, or one worker's own. */
export interface DeskLine {
	readonly queue: string;
	readonly capability: string;
	/** The only worker that serves it. */
	readonly worker: string | undefined;
	readonly ready: ReleaseLine<ReadyJob>;
	/** Those that wait here, by when they came. */
	readonly waiting: Set<ReadyJob>;
	/** Released from here, and not known to be over. */
	readonly released: Set<ReadyJob>;
	bucket?: TokenBucket | undefined;
}

/** DeskParts tell a desk how many may go, and let them go. */
export interface DeskParts {
	/** Slots of a line among the workers there are. */
	readonly slots: (line: DeskLine) => number;
	/** Processes that have jobs for this capability waiting, this one among them. */
	readonly releasers: (capability: string) => number;
	readonly limitOf: (line: DeskLine) => RateLimit | undefined;
	/** Ms, by a clock that nobody sets. */
	readonly now: () => number;
	readonly release: (ready: ReadyJob) => void;
	/** Something waits for a rate limit, this long (ms). */
	readonly comeBack: (ms: number) => void;
}

/** ReleaseDesk holds the lines of one process and lets jobs go, fairly among people, as slots allow. It does no I/O. */
export class ReleaseDesk {
	readonly #parts: DeskParts;
	readonly #lines = new Map<string, DeskLine>();

	constructor(parts: DeskParts) {
		this.#parts = parts;
	}

	get lines(): Iterable<DeskLine> {
		return this.#lines.values();
	}

	/** The line of a queue, if there is one. */
	lineOf(queue: string): DeskLine | undefined {
		return this.#lines.get(queue);
	}

	line(queue: string, capability: string, worker?: string): DeskLine {
		const known = this.#lines.get(queue);
		if (known !== undefined) return known;
		const ready = new ReleaseLine<ReadyJob>();
		const line: DeskLine = { queue, capability, worker, ready, waiting: new Set(), released: new Set() };
		this.#lines.set(queue, line);
		return line;
	}

	/** Puts a job in line, also one that comes back. */
	join(ready: ReadyJob, line: DeskLine = ready.line): void {
		ready.line.released.delete(ready);
		ready.released = undefined;
		ready.line = line;
		line.waiting.add(ready);
		ready.place = line.ready.join({ group: ready.job.person, priority: ready.job.priority }, ready);
	}

	/** Takes a job out, wherever it is. */
	leave(ready: ReadyJob): void {
		const { line, place } = ready;
		line.waiting.delete(ready);
		line.released.delete(ready);
		ready.released = undefined;
		if (place !== undefined) line.ready.leave(place);
		ready.place = undefined;
	}

	/** Notes that a job is on its way into a queue. */
	noteReleased(ready: ReadyJob, queue: string): void {
		ready.place = undefined;
		ready.released = { queue, at: this.#parts.now(), there: false };
		ready.line.waiting.delete(ready);
		ready.line.released.add(ready);
	}

	/** Notes that a job which had its turn is on its way into another queue. */
	noteSentOn(ready: ReadyJob, line: DeskLine): void {
		this.leave(ready);
		ready.line = line;
		ready.waitsSince = undefined;
		this.noteReleased(ready, line.queue);
	}

	/** Lets go what may go from one line. */
	pump(line: DeskLine): void {
		if (line.ready.size === 0) return;
		const { slots, releasers, release, now, limitOf, comeBack } = this.#parts;
		const most = admissible({
			slots: slots(line),
			releasers: line.worker === undefined ? releasers(line.capability) : 1,
		});
		const limit = limitOf(line);
		while (line.released.size < most && line.ready.size > 0) {
			if (limit !== undefined) {
				const { bucket, waitMs } = takeToken(line.bucket, limit, now());
				line.bucket = bucket;
				if (waitMs > 0) return comeBack(waitMs);
			}
			const ready = line.ready.serve();
			if (ready === undefined) return;
			this.noteReleased(ready, line.queue);
			release(ready);
		}
	}

	pumpAll(): void {
		for (const line of this.#lines.values()) this.pump(line);
	}

	/** Forgets a line that nobody stands in. */
	close(line: DeskLine): void {
		if (line.waiting.size === 0 && line.released.size === 0) this.#lines.delete(line.queue);
	}
}
