import { randomBytes } from 'node:crypto';
import type { MinimalJob } from 'bullmq';
import { LRUCache } from 'lru-cache';
import { describeError } from '../../domain/errors.ts';
import type { IRunReports, JobConsumer } from '../../ports/job-queue.ts';
import { RunLost } from '../../ports/run-lost.ts';
import { AloneTurn } from './alone-turn.ts';
import type { BullJobSourceOptions } from './bull-job-source.ts';
import type { BullQueues } from './bull-queues.ts';
import { type FetchLane, FetchLanes, fetchesAtOnce, found, isBusy } from './fetch-lanes.ts';
import { type FetchedJob, isFetchedJob } from './fetched-job.ts';
import { type HeldRun, heldRun, MAX_RUNS, RunCancelled } from './held-run.ts';
import { decodeJob } from './job-message.ts';
import { LockKeeper } from './lock-keeper.ts';
import { MarkerWatch } from './marker-watch.ts';
import { QueueScout } from './queue-scout.ts';
import { giveBackSurely, type HeldJob } from './queue-scripts.ts';
import { reportGivenUp } from './report-given-up.ts';
import type { HandedJob, HeldPlace } from './report-messages.ts';

interface Parts extends BullJobSourceOptions {
	readonly consumer: JobConsumer;
	readonly queues: BullQueues;
	/** Nothing is taken any more, and nothing runs. */
	readonly onOver: () => void;
}

/**
 * Consumption fetches jobs for one consumer: from the queues that may have some, in turn, as long as there are free slots; the
 * others are watched. A job that ended is taken off its queue together with the fetch of the next one.
 */
export class Consumption {
	readonly #parts: Parts;
	readonly #lanes: FetchLanes;
	readonly #watch: MarkerWatch;
	readonly #locks: LockKeeper;
	readonly #scout: QueueScout;
	readonly #held = new Map<string, HeldRun>();
	readonly #token = randomBytes(9).toString('base64url');
	/** The last runs here, by job: a queue that was lost counts anew, and the same run twice would be taken for the same one. */
	readonly #runs = new LRUCache<string, number>({ max: 10_000 });
	#tokens = 0;
	#fetching = 0;
	#finishing = 0;
	readonly #alone = new AloneTurn();
	#paused = false;
	#stopped = false;
	#over = false;

	constructor(parts: Parts) {
		const { line, worker, capabilities, consumer, queues, clock, log } = parts;
		this.#parts = parts;
		this.#lanes = new FetchLanes({ worker, capabilities, queueOf: (name) => queues.of(name) });
		this.#scout = new QueueScout({ lanes: this.#lanes, consumer, redis: queues.redis, clock });
		this.#locks = new LockKeeper({ queues, clock, log, lost: (run) => this.#lose(run) });
		this.#watch = new MarkerWatch({
			...{ line, clock },
			nudge: line.keys.nudge(`${worker}:${this.#token}`),
			onMarker: (marker) => this.#marked(marker),
		});
	}

	/** Looks into every queue, whatever is known of it. */
	lookEverywhere(): void {
		for (const lane of this.#lanes.all) lane.mayHave = true;
		this.#look();
	}

	freed(): void {
		this.#look();
	}

	settled(jobId: string): void {
		const run = this.#held.get(jobId);
		if (run === undefined) return;
		this.#held.delete(jobId);
		this.#leftAlone(run);
		if (!this.#stopped) this.#scout.look();
		const { lane } = run;
		if (run.off) {
			this.#locks.letGo(run);
			this.#look();
			return this.#endIfOver();
		}
		// In the same call, where the turn is its own queue's.
		const next = this.#canFetch(lane) ? this.#lanes.next((other) => this.#canFetch(other)) : undefined;
		if (next === lane) this.#begin(lane);
		void this.#finish(run, next === lane);
		if (next !== undefined && next !== lane) void this.#fetch(next, this.#begin(next));
		this.#look();
	}

	/** Its outcome is being told. */
	ending(jobId: string): HeldPlace | undefined {
		const run = this.#held.get(jobId);
		if (run === undefined) return undefined;
		run.ending = true;
		return { queue: run.lane.queue.name, token: run.token };
	}

	/** Whoever was told has taken its job off the queue. */
	off(jobId: string): void {
		const run = this.#held.get(jobId);
		if (run !== undefined) run.off = true;
	}

	/** A job that is this worker's already, though it did not fetch it. */
	hand({ queue, id, token, data }: HandedJob): boolean {
		const lane = this.#lanes.ofQueue(queue);
		if (lane === undefined || this.#over || this.#alone.closed) return false;
		// What is being fetched waited longer: the slot that is kept for it is not to be had.
		if (this.#parts.consumer.freeSlots(lane.capability) <= this.#fetching) {
			lane.mayHave = true;
			return false;
		}
		this.#start(lane, { data, attemptsStarted: 1 }, { id, token, starts: 1 });
		return true;
	}

	cancel(jobId: string): void {
		this.#held.get(jobId)?.stopped.abort(new RunCancelled(jobId));
	}

	homeOf(jobId: string): string | undefined {
		return this.#held.get(jobId)?.home;
	}

	pause(paused: boolean): void {
		this.#paused = paused;
		if (!paused) this.lookEverywhere();
		else this.#look();
	}

	stop(): void {
		if (this.#stopped) return;
		this.#stopped = true;
		this.#watch.stop();
		const waiting = this.#alone.giveUp();
		if (waiting !== undefined) void this.#giveBack(waiting);
		this.#endIfOver();
	}

	/** Lets go of everything; what runs loses its locks. */
	abandon(): void {
		this.stop();
		this.#held.clear();
		this.#endIfOver();
	}

	#canFetch(lane: FetchLane): boolean {
		if (lane.leftAlone) return false;
		if (this.#stopped || this.#paused || this.#alone.closed) return false;
		// Slots may be shared among capabilities, so each fetch under way may need the one that this lane sees.
		return this.#parts.consumer.freeSlots(lane.capability) > this.#fetching;
	}

	#look(): void {
		this.#lanes.renew();
		for (;;) {
			const lane = this.#lanes.next((one) => one.fetching < fetchesAtOnce(one) && this.#canFetch(one));
			if (lane === undefined) break;
			void this.#fetch(lane, this.#begin(lane));
		}
		if (this.#stopped) return;
		const idle = this.#lanes.all.filter((lane) => !isBusy(lane) && this.#canFetch(lane));
		this.#watch.watch(new Set(idle.map(({ queue }) => queue.keys.marker)));
	}

	#begin(lane: FetchLane): string {
		this.#fetching++;
		lane.fetching++;
		return `${this.#parts.worker}:${this.#token}:${this.#tokens++}`;
	}

	async #fetch(lane: FetchLane, token: string): Promise<void> {
		const { worker, log } = this.#parts;
		let fetched: readonly unknown[] = [];
		try {
			fetched = await lane.queue.backend.moveToActive(token, worker);
		} catch (error) {
			log.debug('no job fetched', { queue: lane.queue.name, error: describeError(error) });
		}
		this.#fetched(lane, token, fetched);
	}

	/** Takes a job whose outcome is recorded off its queue; the next one may come along, and is held by the same token. */
	async #finish(run: HeldRun, withNext: boolean): Promise<void> {
		const { lane, id, token } = run;
		// BullMQ reads no more of a job than these.
		const job = { id, opts: {} } as MinimalJob;
		let next: readonly unknown[] = [];
		this.#finishing++;
		try {
			const { result } = await lane.queue.backend.moveToCompleted(job, null, true, token, withNext);
			if (Array.isArray(result)) next = result;
			this.#locks.letGo(run);
		} catch (error) {
			this.#finishLater(run, error);
		}
		this.#finishing--;
		if (withNext) this.#fetched(lane, token, next);
		else this.#endIfOver();
	}

	/** A job that stays in its queue is started again, and refused then; that would be in vain. */
	#finishLater(run: HeldRun, error: unknown): void {
		const { clock, log } = this.#parts;
		const refused = error instanceof Error && 'code' in error && typeof error.code === 'number' && error.code < 0;
		if (refused || this.#over) return this.#locks.letGo(run);
		log.debug('job not taken off its queue', { jobId: run.job.id, error: describeError(error) });
		clock.after(RETRY_MS, () => void this.#finish(run, false));
	}

	#fetched(lane: FetchLane, token: string, [data, id]: readonly unknown[]): void {
		this.#fetching--;
		lane.fetching--;
		found(lane, data !== null && data !== undefined);
		if (isFetchedJob(data) && typeof id === 'string')
			this.#start(lane, data, { id, token, starts: data.attemptsStarted });
		this.#look();
		this.#endIfOver();
	}

	#start(lane: FetchLane, data: FetchedJob, lock: HeldJob): void {
		const { consumer, reports, seal } = this.#parts;
		const message = decodeJob(data.data, seal);
		if (message === undefined) return void this.#leave(lane, lock);
		const after = this.#runs.get(message.job.id) ?? 0;
		const run = heldRun(message, { ...lock, lane, after });
		const isRefused = this.#stopped || this.#paused || this.#alone.closed;
		if (isRefused || consumer.freeSlots(lane.capability) <= 0) return void this.#giveBack(run);
		this.#locks.keep(run);
		if (run.run > MAX_RUNS && reports !== undefined) return void this.#giveUp(run, reports);
		if (this.#alone.admits(run, this.#held.size)) this.#handOver(run);
	}

	/** A job of a later release is for a worker of that one: it lies there, and this worker stays away from its queue for a while. */
	async #leave(lane: FetchLane, lock: HeldJob): Promise<void> {
		const { queues, clock, log } = this.#parts;
		log.warn('job not understood', { queue: lane.queue.name, id: lock.id, leftAloneMs: LEAVE_MS });
		lane.leftAlone = true;
		clock.after(LEAVE_MS, () => {
			lane.leftAlone = false;
			lane.mayHave = true;
			this.#look();
		});
		await giveBackSurely(queues.redis, lane.queue, lock).catch((error: unknown) =>
			log.debug('job not given back', { id: lock.id, error: describeError(error) }),
		);
	}

	#handOver(run: HeldRun): void {
		this.#held.set(run.job.id, run);
		this.#runs.set(run.job.id, run.run);
		this.#parts.consumer.take(run.job, run.run, run.stopped.signal);
	}

	/** Its lock is kept until then: a job that is lost on the way back seems to have been started. */
	async #giveBack(run: HeldRun): Promise<void> {
		this.#locks.keep(run);
		run.lane.mayHave = true;
		this.#finishing++;
		try {
			await giveBackSurely(this.#parts.queues.redis, run.lane.queue, run);
		} catch (error) {
			this.#parts.log.debug('job not given back', { jobId: run.job.id, error: describeError(error) });
		}
		this.#finishing--;
		this.#locks.letGo(run);
		this.#endIfOver();
	}

	async #giveUp(run: HeldRun, reports: IRunReports): Promise<void> {
		const { worker, log } = this.#parts;
		const jobId = run.job.id;
		log.error('job given up', { jobId, runs: run.run - 1 });
		try {
			await reportGivenUp(run, { reports, worker });
			await this.#finish(run, false);
		} catch (error) {
			// Its lock runs out, and the next worker says so.
			this.#locks.letGo(run);
			log.warn('job not given up', { jobId, error: describeError(error) });
		}
	}

	#lose(run: HeldRun): void {
		const { id } = run.job;
		this.#alone.giveUp(run);
		if (this.#held.get(id) !== run) return;
		this.#held.delete(id);
		this.#parts.log.warn('run lost', { jobId: id, run: run.run });
		run.stopped.abort(new RunLost(id));
		this.#leftAlone(run);
		this.#endIfOver();
	}

	#marked(marker: string): void {
		const lane = this.#lanes.ofMarker(marker);
		// Of a capability that is gone from here: it is for others.
		if (lane === undefined) return void this.#putBack(marker);
		lane.mayHave = true;
		if (this.#canFetch(lane)) return this.#look();
		// The marker is for somebody who has a free slot.
		this.#putBack(marker);
		this.#look();
	}

	#putBack(marker: string): void {
		this.#parts.queues.redis.zadd(marker, 0, '0').catch(() => {});
	}

	/** One run fewer: that may be what a job that runs alone waited for. */
	#leftAlone(run: HeldRun): void {
		const next = this.#alone.over(run, this.#held.size);
		if (next !== undefined) this.#handOver(next);
	}

	#endIfOver(): void {
		if (!this.#stopped || this.#over || this.#held.size > 0 || this.#fetching > 0 || this.#finishing > 0) return;
		this.#over = true;
		this.#locks.stop();
		this.#parts.onOver();
	}
}

const RETRY_MS = 200;
const LEAVE_MS = 3_000;
