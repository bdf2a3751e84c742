import { describeError } from '../../domain/errors.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { IWorkerRegistry, RegisteredWorker } from '../../ports/worker-registry.ts';
import type { BullQueues } from './bull-queues.ts';
import { jobIdOf } from './bull-queues.ts';
import type { JobRoutes } from './job-routes.ts';
import { takeBack, waitingIn } from './queue-scripts.ts';
import type { DeskLine, ReadyJob, ReleaseDesk } from './release-desk.ts';

/** OwnLinesParts are what lines of workers are cleared with. */
export interface OwnLinesParts {
	readonly queues: BullQueues;
	readonly desk: ReleaseDesk;
	readonly routes: JobRoutes;
	readonly registry: Pick<IWorkerRegistry, 'list'>;
	/** Jobs that others released and that are looked after from here, with their queues. */
	readonly foreign: ReadonlyMap<string, string>;
	readonly log: ILogger;
	/** Whether a job is wanted here still. */
	readonly wants: (ready: ReadyJob) => boolean;
	/** Has a job find its line anew. */
	readonly stand: (ready: ReadyJob) => Promise<void>;
	/** Sends a job on that had its turn. */
	readonly sendOn: (ready: ReadyJob, line: DeskLine) => void;
	/** Jobs that were released and stand in no queue. */
	readonly missing: (jobIds: readonly string[]) => void;
}

/**
 * OwnLines bring jobs elsewhere that only one worker would take: all of a worker that is gone, those that wait of one that is
 * leaving, and those that wait too long for one that is dead, for all one knows, or has its hands full.
 */
export class OwnLines {
	readonly #parts: OwnLinesParts;
	/** Queues that are being emptied. */
	readonly #emptying = new Set<string>();

	constructor(parts: OwnLinesParts) {
		this.#parts = parts;
	}

	/** Empties the lines of a worker: of one that is gone (`any`) wholly, of one that is leaving of what waits. */
	clear({ worker, capabilities }: RegisteredWorker, which: 'waiting' | 'any'): void {
		for (const { name } of capabilities) void this.#empty(this.#parts.routes.own(worker, name), which);
	}

	/** What was to go to workers that are gone, and could not be taken away from them at once. */
	clearLeftOver(): void {
		const { registry, desk } = this.#parts;
		const alive = new Set(registry.list().map(({ worker }) => worker));
		for (const line of desk.lines) {
			if (line.worker !== undefined && !alive.has(line.worker)) void this.#empty(line, 'any');
		}
	}

	/**
	 * Looks at the jobs that wait in a queue. One with a session stays, in its place, as long as the worker that has the session
	 * is heard of; anything else goes to the queue that all share, once.
	 */
	async moveStranded(line: DeskLine): Promise<void> {
		const { queues } = this.#parts;
		const now = performance.now();
		const old = [...line.released].filter(({ released }) => released?.there && now - released.at > STRANDED_MS);
		if (old.length === 0 || this.#emptying.has(line.queue)) return;
		const waiting = new Set((await waitingIn(queues.redis, queues.of(line.queue))).map(jobIdOf));
		await Promise.all(
			old.map(async (ready) => {
				if (!waiting.has(ready.job.id)) ready.waitsSince = undefined;
				else await this.#moveIfStranded(ready, line);
			}),
		);
	}

	async #moveIfStranded(ready: ReadyJob, line: DeskLine): Promise<void> {
		const { routes, log } = this.#parts;
		const now = performance.now();
		ready.waitsSince ??= now;
		if (routes.goesBySession(ready.job.capability)) {
			if (now < (ready.askedAt ?? 0) + (now - ready.waitsSince < FRESH_MS ? 0 : ASK_AGAIN_MS)) return;
			ready.askedAt = now;
			if ((await routes.bySession(ready.job, SILENT_MS)) === line) return;
		}
		if (ready.line !== line || !(await this.#takeBack(ready, 'waiting'))) return;
		log.info('job taken back that waited for one worker', { jobId: ready.job.id, queue: line.queue });
		await this.#sendElsewhere(ready, SILENT_MS);
	}

	async #empty(line: DeskLine, which: 'waiting' | 'any'): Promise<void> {
		if (this.#emptying.has(line.queue)) return;
		this.#emptying.add(line.queue);
		const { desk, queues, wants, stand, missing, log } = this.#parts;
		try {
			await Promise.all(
				[...line.waiting].map((ready) => {
					desk.leave(ready);
					return stand(ready);
				}),
			);
			await Promise.all(
				[...line.released].map(async (ready) => {
					if (await this.#takeBack(ready, which)) await this.#sendElsewhere(ready);
					else if (which === 'any' && wants(ready) && line.released.has(ready)) missing([ready.job.id]);
				}),
			);
			if (which === 'any') {
				await this.#takeForeignFrom(line.queue);
				await queues.drop(line.queue);
			}
			desk.close(line);
		} catch (error) {
			log.warn('queue of a worker not emptied', { queue: line.queue, error: describeError(error) });
		} finally {
			this.#emptying.delete(line.queue);
		}
	}

	/** Whether the job was in its queue, and is wanted still. */
	async #takeBack(ready: ReadyJob, which: 'waiting' | 'any'): Promise<boolean> {
		const { queues, wants } = this.#parts;
		const { released, job } = ready;
		if (released === undefined) return false;
		const starts = await takeBack(queues.redis, queues.of(released.queue), job.id, which);
		if (starts === undefined || !wants(ready) || ready.released !== released) return false;
		ready.earlierRuns += starts;
		ready.returned = true;
		return true;
	}

	/** It had its turn already: it does not wait for another one. */
	async #sendElsewhere(ready: ReadyJob, heardWithinMs?: number): Promise<void> {
		const { routes, sendOn, wants } = this.#parts;
		const { job, released } = ready;
		const line = routes.goesBySession(job.capability)
			? await routes.bySession(job, heardWithinMs)
			: routes.shared(job.capability);
		if (wants(ready) && ready.released === released) sendOn(ready, line);
	}

	/** What another process had released to a worker that is gone is for history to decide. */
	async #takeForeignFrom(queue: string): Promise<void> {
		const { foreign, queues, missing } = this.#parts;
		const jobIds = [...foreign].flatMap(([jobId, at]) => (at === queue ? [jobId] : []));
		await Promise.all(jobIds.map((jobId) => takeBack(queues.redis, queues.of(queue), jobId, 'any')));
		missing(jobIds);
	}
}

/** A job that was released this long ago and is in nobody's hands waits for a worker that does not come. */
const STRANDED_MS = 300;
/** Two renewals of a worker's sessions, and a little. */
const SILENT_MS = 800;
/** So long after a job began to wait, its worker may turn out to be dead; later that is rare, and asked less often. */
const FRESH_MS = 1_500;
const ASK_AGAIN_MS = 1_000;
