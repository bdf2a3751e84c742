import type { ChooseWorker } from '../../domain/dispatch/choose-worker.ts';
import type { RateLimit } from '../../domain/dispatch/release.ts';
import { describeError } from '../../domain/errors.ts';
import type { IClock } from '../../ports/clock.ts';
import type { IJobQueue, Job, QueueDepth } from '../../ports/job-queue.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { ISessionPlaces, IWorkerRegistry, WorkerEvent } from '../../ports/worker-registry.ts';
import type { RedisLine } from '../redis/open-redis-line.ts';
import type { TextSeal } from '../sealing/text-seal.ts';
import { BullQueues, bullId } from './bull-queues.ts';
import { HandOvers } from './hand-overs.ts';
import { JobFinder } from './job-finder.ts';
import { encodeJob } from './job-message.ts';
import { JobRoutes, type RoutedCatalogue } from './job-routes.ts';
import { OwnLines } from './own-lines.ts';
import { QueueRounds } from './queue-rounds.ts';
import { takeBack } from './queue-scripts.ts';
import { type ReadyJob, ReleaseDesk } from './release-desk.ts';
import type { AnsweredRun } from './run-report-inbox.ts';
import { atTurnEnd } from './turn-end.ts';

/** BullJobQueueOptions are what a process releases its tasks' jobs with. */
export interface BullJobQueueOptions {
	readonly line: RedisLine;
	readonly registry: Pick<IWorkerRegistry, 'list' | 'subscribe'>;
	readonly places: ISessionPlaces;
	/** What there is to do; steps with sessions go where their task has them. */
	readonly catalogue: RoutedCatalogue;
	/** Picks a worker for a job where that gains something. */
	readonly choose?: ChooseWorker | undefined;
	/** How many jobs of a capability, and how many to one worker, may be released a second, by all processes together. */
	readonly limits?:
		| { readonly capability?: Readonly<Record<string, RateLimit>>; readonly worker?: RateLimit | undefined }
		| undefined;
	/** This process's name, to which workers report. */
	readonly self: string;
	/** Seals what people answered; workers open it with the same key. */
	readonly seal: TextSeal;
	readonly clock: IClock;
	readonly log: ILogger;
}

/**
 * BullJobQueue carries the ready jobs of this process's tasks to workers. They wait here, in fair lines; about twice as many as
 * there are slots stand in BullMQ's queues, which are not fair. What it holds is forgotten with the process, and enqueued anew
 * by whoever drives the tasks then.
 */
export class BullJobQueue implements IJobQueue {
	readonly lostWith = 'host-died';
	readonly #options: BullJobQueueOptions;
	readonly #queues: BullQueues;
	readonly #desk: ReleaseDesk;
	readonly #routes: JobRoutes;
	readonly #finder: JobFinder;
	readonly #ownLines: OwnLines;
	readonly #rounds: QueueRounds;
	readonly #handOvers: HandOvers;
	readonly #jobs = new Map<string, ReadyJob>();
	/** Jobs that were found in a queue into which another process released them, with the queue. */
	readonly #foreign = new Map<string, string>();
	/** Jobs whose place is being asked for. */
	readonly #routing = new Map<string, Promise<void>>();
	readonly #onDoubt = new Set<(jobIds: readonly string[] | undefined) => void>();
	#pumping = false;
	#stopped = false;
	#callOffReturn: (() => void) | undefined;
	#stopListening: readonly (() => void)[] = [];

	constructor(options: BullJobQueueOptions) {
		const { line, registry, places, catalogue, choose, limits, self, clock, log } = options;
		this.#options = options;
		this.#queues = new BullQueues(line, 'queues');
		this.#routes = new JobRoutes({ desk: () => this.#desk, registry, places, catalogue, choose, log });
		this.#desk = new ReleaseDesk({
			slots: (at) => this.#routes.slots(at),
			releasers: (capability) => this.#rounds.releasers(capability),
			limitOf: (at) => {
				const limit = at.worker === undefined ? limits?.capability?.[at.capability] : limits?.worker;
				if (limit === undefined) return undefined;
				const releasers = this.#rounds.releasers(at.capability);
				return { perSecond: limit.perSecond / releasers, burst: Math.max(1, limit.burst / releasers) };
			},
			now: () => performance.now(),
			release: (ready) => this.#release(ready),
			comeBack: (ms) => this.#comeBack(ms),
		});
		this.#routes.knowAll();
		this.#handOvers = new HandOvers({
			...{ line, queues: this.#queues, log },
			fits: (worker, at) => this.#routes.fits(worker, at),
			takes: (worker) => this.#routes.takes(worker),
			isFull: (queue) => {
				const known = this.#desk.lineOf(queue);
				return known !== undefined && known.released.size > this.#routes.slots(known);
			},
			encode: (ready) => this.#encode(ready),
			there: (ready, released) => {
				if (released !== undefined) released.there = true;
				// Cancelled in between, or over already.
				if (!this.#jobs.has(ready.job.id)) void this.#callOff(ready.line.queue, ready.job.id);
			},
			failed: (ready, released) => this.#joinAgain(ready, released),
		});
		this.#finder = new JobFinder({ queues: this.#queues, desk: this.#desk, registry, catalogue });
		this.#ownLines = new OwnLines({
			...{ queues: this.#queues, desk: this.#desk, routes: this.#routes, registry, foreign: this.#foreign, log },
			wants: (ready) => this.#jobs.get(ready.job.id) === ready,
			stand: (ready) => this.#stand(ready),
			sendOn: (ready, to) => {
				this.#desk.noteSentOn(ready, to);
				void this.#put(ready);
			},
			missing: (jobIds) => this.#missing(jobIds),
		});
		this.#rounds = new QueueRounds({
			...{ line, queues: this.#queues, desk: this.#desk, self, clock, log },
			foreign: this.#foreign,
			missing: (jobIds) => this.#missing(jobIds),
			waits: (own) => this.#ownLines.moveStranded(own),
			pump: () => {
				this.#ownLines.clearLeftOver();
				this.#pumpSoon();
			},
		});
	}

	/** Begins to release, and to look after the queues. */
	async start(): Promise<void> {
		const { line, registry } = this.#options;
		this.#stopListening = [
			registry.subscribe((event) => this.#heard(event)),
			line.onReachableChange((reachable) => {
				if (!reachable) return;
				this.#pumpSoon();
				// Its journal may lack the last second, and who asked meanwhile got no answer.
				this.#doubt(undefined);
			}),
			line.onWiped(() => this.#wiped()),
		];
		this.#rounds.start();
		this.#pumpSoon();
	}

	/** Releases nothing more; jobs that workers have go on. A second call does nothing. */
	async stop(): Promise<void> {
		this.#stopped = true;
		for (const stop of this.#stopListening) stop();
		this.#stopListening = [];
		this.#callOffReturn?.();
		await this.#rounds.stop();
		this.#queues.close();
	}

	async enqueue(job: Job): Promise<void> {
		if (this.#jobs.has(job.id)) return;
		const line = this.#routes.shared(job.capability);
		const ready: ReadyJob = { job, since: this.#options.clock.now(), earlierRuns: 0, line };
		this.#jobs.set(job.id, ready);
		await this.#stand(ready);
	}

	async cancel(jobId: string): Promise<void> {
		await this.#routing.get(jobId);
		const ready = this.#jobs.get(jobId);
		const queue = ready?.released?.queue ?? (ready === undefined ? await this.#finder.find(jobId) : undefined);
		if (ready !== undefined) this.#forget(ready);
		this.#foreign.delete(jobId);
		if (queue !== undefined) await this.#callOff(queue, jobId);
	}

	async holds(jobId: string): Promise<boolean> {
		const ready = this.#jobs.get(jobId);
		if (ready !== undefined) {
			const { released } = ready;
			if (released?.there !== true || (await this.#finder.isIn(released.queue, jobId))) return true;
			// Whoever asks enqueues it anew, if it is wanted still.
			if (this.#jobs.get(jobId) === ready && ready.released === released) this.#forget(ready);
			return this.#jobs.has(jobId);
		}
		const queue = await this.#finder.find(jobId);
		// From now on it is looked after from here.
		if (queue !== undefined) this.#foreign.set(jobId, queue);
		return queue !== undefined;
	}

	onDoubt(listener: (jobIds: readonly string[] | undefined) => void): () => void {
		this.#onDoubt.add(listener);
		return () => void this.#onDoubt.delete(listener);
	}

	/** Its outcome is recorded: there is room for the next one. */
	settled(jobId: string): void {
		this.#foreign.delete(jobId);
		const ready = this.#jobs.get(jobId);
		if (ready === undefined) return;
		this.#forget(ready);
		this.#pumpSoon();
	}

	/** Answers a worker whose run is over, if need be with its next job; false where somebody else must. */
	answer(run: AnsweredRun): boolean {
		if (this.#stopped) return false;
		this.#handOvers.ended(run);
		this.#pumpSoon();
		return true;
	}

	/** What waits and what runs of each capability, in the queues and before them, in all processes. */
	depths(): Promise<readonly QueueDepth[]> {
		return this.#rounds.depths(this.#options.registry.list());
	}

	/** Finds the line a job stands in, and has it stand there. */
	async #stand(ready: ReadyJob): Promise<void> {
		const { capability, id } = ready.job;
		if (!this.#routes.goesBySession(capability)) {
			this.#desk.join(ready, this.#routes.shared(capability));
			return this.#pumpSoon();
		}
		const routing = this.#standByItsSession(ready);
		this.#routing.set(id, routing);
		await routing;
		if (this.#routing.get(id) === routing) this.#routing.delete(id);
	}

	async #standByItsSession(ready: ReadyJob): Promise<void> {
		const line = await this.#routes.bySession(ready.job);
		if (this.#jobs.get(ready.job.id) !== ready) return;
		this.#desk.join(ready, line);
		this.#pumpSoon();
	}

	/** Jobs that come in one turn are shared out together. */
	#pumpSoon(): void {
		if (this.#pumping) return;
		this.#pumping = true;
		atTurnEnd(() => {
			this.#pumping = false;
			if (this.#options.line.reachable()) this.#desk.pumpAll();
			this.#handOvers.send();
		});
	}

	#comeBack(ms: number): void {
		this.#callOffReturn ??= this.#options.clock.after(ms, () => {
			this.#callOffReturn = undefined;
			this.#pumpSoon();
		});
	}

	#release(ready: ReadyJob): void {
		const picked = this.#routes.picked(ready);
		if (picked !== undefined) this.#desk.noteSentOn(ready, picked);
		if (!this.#handOvers.take(ready)) void this.#put(ready);
	}

	/** Puts a job into the queue of its line. */
	async #put(ready: ReadyJob): Promise<void> {
		const { log } = this.#options;
		const { job, since, returned } = ready;
		const queue = this.#queues.of(ready.line.queue);
		const { released } = ready;
		try {
			const data = this.#encode(ready);
			await queue.backend.addJob(asBullJob({ id: job.id, since, data, first: returned === true }), bullId(job.id));
			if (released !== undefined) released.there = true;
			// Cancelled in between: it is in nobody's books.
			if (!this.#jobs.has(job.id)) await takeBack(this.#queues.redis, queue, job.id, 'waiting');
		} catch (error) {
			log.debug('job not released', { jobId: job.id, error: describeError(error) });
			this.#joinAgain(ready, released);
		}
	}

	/** Should it be there after all, a second one of its name is the same. */
	#joinAgain(ready: ReadyJob, released: ReadyJob['released']): void {
		if (this.#jobs.get(ready.job.id) === ready && ready.released === released) this.#desk.join(ready);
	}

	async #callOff(queue: string, jobId: string): Promise<void> {
		const { line, log } = this.#options;
		try {
			// Whoever runs it hears of it at once; should the word be lost, its lock is not renewed.
			const told = line.commands.publish(line.keys.cancelsChannel, jobId);
			await Promise.all([told, takeBack(this.#queues.redis, this.#queues.of(queue), jobId, 'any')]);
		} catch (error) {
			log.debug('job not cancelled', { jobId, error: describeError(error) });
		}
	}

	#encode({ job, earlierRuns }: ReadyJob): string {
		return encodeJob({ job, home: this.#options.self, earlierRuns }, this.#options.seal);
	}

	#heard({ kind, worker }: WorkerEvent): void {
		this.#routes.countAnew();
		this.#routes.knowAll();
		const gone = kind === 'died' || kind === 'left';
		if (gone) this.#handOvers.forget(worker.worker);
		if (gone || worker.state === 'SHUTDOWN') this.#ownLines.clear(worker, gone ? 'any' : 'waiting');
		this.#pumpSoon();
	}

	/** Jobs that were released and are in no queue: ended, or lost. History knows. */
	#missing(jobIds: readonly string[]): void {
		if (jobIds.length === 0) return;
		for (const jobId of jobIds) {
			this.#foreign.delete(jobId);
			const ready = this.#jobs.get(jobId);
			if (ready !== undefined) this.#forget(ready);
		}
		this.#doubt(jobIds);
		this.#pumpSoon();
	}

	#wiped(): void {
		const released = [...this.#jobs.values()].filter((ready) => ready.released?.there);
		for (const ready of released) this.#forget(ready);
		this.#foreign.clear();
		this.#doubt(undefined);
		this.#pumpSoon();
	}

	#doubt(jobIds: readonly string[] | undefined): void {
		for (const listener of this.#onDoubt) listener(jobIds);
	}

	#forget(ready: ReadyJob): void {
		this.#jobs.delete(ready.job.id);
		this.#desk.leave(ready);
	}
}

/** What BullMQ stores of a job; everything that happens to it otherwise is decided here. */
function asBullJob({ id, since, data, first }: { id: string; since: number; data: string; first: boolean }) {
	return {
		...{ id: bullId(id), name: 'step', data, timestamp: since },
		...{ opts: { attempts: 1, ...(first ? { lifo: true } : {}) }, progress: 0, attemptsMade: 0, attemptsStarted: 0 },
		...{ failedReason: '', returnvalue: '', stalledCounter: 0 },
	};
}
