import type { SessionKind } from '../../domain/capability.ts';
import type { ChooseWorker } from '../../domain/dispatch/choose-worker.ts';
import type { RateLimit } from '../../domain/dispatch/release.ts';
import { describeError } from '../../domain/errors.ts';
import type { IClock } from '../../ports/clock.ts';
import type { IJobQueue, Job, QueueDepth } from '../../ports/job-queue.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { ISessionPlaces, IWorkerRegistry, WorkerEvent } from '../../ports/worker-registry.ts';
import type { RedisLine } from '../redis/open-redis-line.ts';
import type { TextSeal } from '../sealing/text-seal.ts';
import { BullQueues, bullId, capabilityQueue, workerQueue } from './bull-queues.ts';
import { JobFinder } from './job-finder.ts';
import { encodeJob } from './job-message.ts';
import { QueueRounds } from './queue-rounds.ts';
import { takeBack } from './queue-scripts.ts';
import { type DeskLine, type ReadyJob, ReleaseDesk } from './release-desk.ts';
import { countSlots, type SlotCount } from './slot-count.ts';

/** BullJobQueueOptions are what a process releases its tasks' jobs with. */
export interface BullJobQueueOptions {
	readonly line: RedisLine;
	readonly registry: Pick<IWorkerRegistry, 'list' | 'subscribe'>;
	readonly places: ISessionPlaces;
	/** What there is to do; steps with sessions go where their task has them. */
	readonly catalogue: readonly { readonly name: string; readonly sessions?: readonly SessionKind[] | undefined }[];
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
	readonly #finder: JobFinder;
	readonly #rounds: QueueRounds;
	readonly #jobs = new Map<string, ReadyJob>();
	/** Jobs that were found in a queue into which another process released them, with the queue. */
	readonly #foreign = new Map<string, string>();
	/** Queues of workers that are being emptied. */
	readonly #emptying = new Set<string>();
	/** Jobs whose place is being asked for. */
	readonly #routing = new Map<string, Promise<void>>();
	readonly #withSessions: ReadonlySet<string>;
	readonly #onDoubt = new Set<(jobIds: readonly string[] | undefined) => void>();
	#slots: SlotCount | undefined;
	#pumping = false;
	#callOffReturn: (() => void) | undefined;
	#stopListening: readonly (() => void)[] = [];

	constructor(options: BullJobQueueOptions) {
		const { line, registry, catalogue, limits, self, clock, log } = options;
		this.#options = options;
		this.#queues = new BullQueues(line, 'queues');
		this.#withSessions = new Set(
			catalogue.filter(({ sessions }) => (sessions ?? []).length > 0).map(({ name }) => name),
		);
		this.#desk = new ReleaseDesk({
			slots: ({ capability, worker }) => {
				const { inAll, ofWorker } = this.#countedSlots();
				return (worker === undefined ? inAll.get(capability) : ofWorker.get(worker)?.get(capability)) ?? 0;
			},
			releasers: (capability) => this.#rounds.releasers(capability),
			limitOf: (at) => {
				const limit = at.worker === undefined ? limits?.capability?.[at.capability] : limits?.worker;
				if (limit === undefined) return undefined;
				const releasers = this.#rounds.releasers(at.capability);
				return { perSecond: limit.perSecond / releasers, burst: Math.max(1, limit.burst / releasers) };
			},
			now: () => clock.now(),
			release: (ready) => void this.#release(ready),
			comeBack: (ms) => this.#comeBack(ms),
		});
		for (const { name } of catalogue) this.#desk.line(capabilityQueue(name), name);
		this.#finder = new JobFinder({ queues: this.#queues, desk: this.#desk, registry, catalogue });
		this.#rounds = new QueueRounds({
			...{ line, queues: this.#queues, desk: this.#desk, self, clock, log },
			foreign: this.#foreign,
			missing: (jobIds) => this.#missing(jobIds),
			pump: () => {
				this.#emptyLeftOver();
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
		for (const stop of this.#stopListening) stop();
		this.#stopListening = [];
		this.#callOffReturn?.();
		await this.#rounds.stop();
		this.#queues.close();
	}

	async enqueue(job: Job): Promise<void> {
		if (this.#jobs.has(job.id)) return;
		const line = this.#desk.line(capabilityQueue(job.capability), job.capability);
		const ready: ReadyJob = { job, since: this.#options.clock.now(), earlierRuns: 0, line };
		this.#jobs.set(job.id, ready);
		await this.#stand(ready);
	}

	async cancel(jobId: string): Promise<void> {
		const { line, log } = this.#options;
		await this.#routing.get(jobId);
		const ready = this.#jobs.get(jobId);
		const queue = ready?.released?.queue ?? (ready === undefined ? await this.#finder.find(jobId) : undefined);
		if (ready !== undefined) this.#forget(ready);
		this.#foreign.delete(jobId);
		if (queue === undefined) return;
		try {
			// Whoever runs it hears of it at once; should the word be lost, its lock is not renewed.
			const told = line.commands.publish(line.keys.cancelsChannel, jobId);
			await Promise.all([told, takeBack(this.#queues.redis, this.#queues.of(queue), jobId, 'any')]);
		} catch (error) {
			log.debug('job not cancelled', { jobId, error: describeError(error) });
		}
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

	/** What waits and what runs of each capability, in the queues and before them, in all processes. */
	depths(): Promise<readonly QueueDepth[]> {
		return this.#rounds.depths(this.#options.registry.list());
	}

	/** Finds the line a job stands in, and has it stand there. */
	async #stand(ready: ReadyJob): Promise<void> {
		const { capability, id } = ready.job;
		if (!this.#withSessions.has(capability)) {
			this.#desk.join(ready, this.#desk.line(capabilityQueue(capability), capability));
			return this.#pumpSoon();
		}
		const routing = this.#standByItsSession(ready);
		this.#routing.set(id, routing);
		await routing;
		this.#routing.delete(id);
	}

	async #standByItsSession(ready: ReadyJob): Promise<void> {
		const { places, registry, log } = this.#options;
		const { capability, taskId, id } = ready.job;
		let worker: string | undefined;
		try {
			worker = await places.workerOf(taskId);
		} catch (error) {
			log.debug('place of a session not known', { jobId: id, error: describeError(error) });
		}
		if (this.#jobs.get(id) !== ready) return;
		const there = registry.list().find((one) => one.worker === worker);
		const able = there?.state !== 'SHUTDOWN' && there?.capabilities.some(({ name }) => name === capability);
		const line =
			able === true && worker !== undefined
				? this.#desk.line(workerQueue(worker, capability), capability, worker)
				: this.#desk.line(capabilityQueue(capability), capability);
		this.#desk.join(ready, line);
		this.#pumpSoon();
	}

	/** Jobs that come in one turn are shared out together. */
	#pumpSoon(): void {
		if (this.#pumping) return;
		this.#pumping = true;
		queueMicrotask(() => {
			this.#pumping = false;
			if (this.#options.line.reachable()) this.#desk.pumpAll();
		});
	}

	#comeBack(ms: number): void {
		this.#callOffReturn ??= this.#options.clock.after(ms, () => {
			this.#callOffReturn = undefined;
			this.#pumpSoon();
		});
	}

	async #release(ready: ReadyJob): Promise<void> {
		const { self, seal, log } = this.#options;
		const { job, earlierRuns } = ready;
		const chosen = this.#chosenLine(ready);
		if (chosen !== undefined) {
			this.#desk.leave(ready);
			ready.line = chosen;
			this.#desk.noteReleased(ready, chosen.queue);
		}
		const queue = this.#queues.of(ready.line.queue);
		const { released } = ready;
		try {
			await queue.backend.addJob(
				asBullJob(job.id, ready.since, encodeJob({ job, home: self, earlierRuns }, seal)),
				bullId(job.id),
			);
			if (released !== undefined) released.there = true;
			// Cancelled in between: it is in nobody's books.
			if (!this.#jobs.has(job.id)) await takeBack(this.#queues.redis, queue, job.id, 'waiting');
		} catch (error) {
			log.debug('job not released', { jobId: job.id, error: describeError(error) });
			// Should it be there after all, a second one of its name is the same.
			if (this.#jobs.get(job.id) === ready && ready.released === released) this.#desk.join(ready);
		}
	}

	/** The line of a worker that was picked for a job that may go anywhere. */
	#chosenLine({ job, line }: ReadyJob): DeskLine | undefined {
		const { choose, registry } = this.#options;
		if (choose === undefined || line.worker !== undefined) return undefined;
		const worker = choose({ capability: job.capability, able: registry.list(), random: Math.random });
		if (worker === undefined || !this.#countedSlots().ofWorker.get(worker)?.has(job.capability)) return undefined;
		return this.#desk.line(workerQueue(worker, job.capability), job.capability, worker);
	}

	#countedSlots(): SlotCount {
		this.#slots ??= countSlots(this.#options.registry.list());
		return this.#slots;
	}

	#heard({ kind, worker }: WorkerEvent): void {
		this.#slots = undefined;
		const gone = kind === 'died' || kind === 'left';
		if (gone || worker.state === 'SHUTDOWN') {
			for (const { name } of worker.capabilities) {
				const line = this.#desk.line(workerQueue(worker.worker, name), name, worker.worker);
				void this.#empty(line, gone ? 'any' : 'waiting');
			}
		}
		this.#pumpSoon();
	}

	/** What was to go to workers that are gone, and could not be taken away from them at once. */
	#emptyLeftOver(): void {
		const alive = new Set(this.#options.registry.list().map(({ worker }) => worker));
		for (const line of this.#desk.lines) {
			if (line.worker !== undefined && !alive.has(line.worker)) void this.#empty(line, 'any');
		}
	}

	/** What only one worker would have taken goes elsewhere: of one that is gone everything, of one that is leaving what waits. */
	async #empty(line: DeskLine, which: 'waiting' | 'any'): Promise<void> {
		if (this.#emptying.has(line.queue)) return;
		this.#emptying.add(line.queue);
		try {
			await Promise.all([...line.waiting].map((ready) => this.#standElsewhere(ready)));
			await Promise.all([...line.released].map((ready) => this.#takeElsewhere(ready, which)));
			if (which === 'any') {
				await this.#takeForeignFrom(line.queue);
				await this.#queues.drop(line.queue);
			}
			this.#desk.close(line);
		} catch (error) {
			this.#options.log.warn('queue of a worker not emptied', { queue: line.queue, error: describeError(error) });
		} finally {
			this.#emptying.delete(line.queue);
		}
	}

	async #standElsewhere(ready: ReadyJob): Promise<void> {
		this.#desk.leave(ready);
		await this.#stand(ready);
	}

	async #takeElsewhere(ready: ReadyJob, which: 'waiting' | 'any'): Promise<void> {
		const { queue } = ready.released ?? {};
		if (queue === undefined) return;
		const starts = await takeBack(this.#queues.redis, this.#queues.of(queue), ready.job.id, which);
		if (this.#jobs.get(ready.job.id) !== ready) return;
		if (starts !== undefined) {
			ready.earlierRuns += starts;
			await this.#standElsewhere(ready);
		} else if (which === 'any') this.#missing([ready.job.id]);
	}

	/** What another process had released to a worker that is gone is for history to decide. */
	async #takeForeignFrom(queue: string): Promise<void> {
		const jobIds = [...this.#foreign].flatMap(([jobId, at]) => (at === queue ? [jobId] : []));
		await Promise.all(jobIds.map((jobId) => takeBack(this.#queues.redis, this.#queues.of(queue), jobId, 'any')));
		this.#missing(jobIds);
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
function asBullJob(jobId: string, timestamp: number, data: string) {
	return {
		...{ id: bullId(jobId), name: 'step', data, timestamp },
		...{ opts: { attempts: 1 }, progress: 0, attemptsMade: 0, attemptsStarted: 0 },
		...{ failedReason: '', returnvalue: '', stalledCounter: 0 },
	};
}
