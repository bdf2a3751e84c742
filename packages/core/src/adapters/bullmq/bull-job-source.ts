import { describeError } from '../../domain/errors.ts';
import type { IClock } from '../../ports/clock.ts';
import type { IJobSource, IRunReports, JobConsumer } from '../../ports/job-queue.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { RedisLine } from '../redis/open-redis-line.ts';
import type { TextSeal } from '../sealing/text-seal.ts';
import { BullQueues } from './bull-queues.ts';
import { Consumption } from './consumption.ts';
import { giveBackSurely } from './queue-scripts.ts';
import type { HandOverTaker } from './remote-run-reports.ts';
import type { HandedJob, HeldPlace } from './report-messages.ts';

/** BullJobSourceOptions are what a worker takes its jobs with. */
export interface BullJobSourceOptions {
	readonly line: RedisLine;
	/** This worker's name; another one after each start. */
	readonly worker: string;
	/** What it has now; the same array until that changes, and looked at again when the consumer says `freed`. */
	readonly capabilities: () => readonly { readonly name: string }[];
	/** Hears that a job is given up because each of its runs took its worker down; without it, such a job goes on for ever. */
	readonly reports?: IRunReports | undefined;
	/** Opens what people answered. */
	readonly seal: TextSeal;
	readonly clock: IClock;
	readonly log: ILogger;
}

/**
 * BullJobSource hands this worker's host the jobs of its capabilities' queues and of its own ones. Nothing is taken that the
 * host has no free slot for. Locks are renewed by this process, which must not run handlers of any length.
 */
export class BullJobSource implements IJobSource, HandOverTaker {
	readonly #options: BullJobSourceOptions;
	readonly #queues: BullQueues;
	readonly #cancels: ReturnType<RedisLine['connect']>;
	readonly #consumptions = new Set<Consumption>();
	readonly #stopListening: readonly (() => void)[];

	constructor(options: BullJobSourceOptions) {
		const { line } = options;
		this.#options = options;
		this.#queues = new BullQueues(line, 'jobs');
		this.#cancels = line.connect('cancels');
		this.#cancels.subscribe(line.keys.cancelsChannel).catch(() => {});
		this.#cancels.on('message', (_channel, jobId) => {
			for (const consumption of this.#consumptions) consumption.cancel(String(jobId));
		});
		const lookAgain = () => {
			for (const consumption of this.#consumptions) consumption.lookEverywhere();
		};
		this.#stopListening = [line.onReachableChange((reachable) => reachable && lookAgain()), line.onWiped(lookAgain)];
	}

	consume(consumer: JobConsumer): { freed(): void; settled(jobId: string): void; stop(): void } {
		const consumption: Consumption = new Consumption({
			...this.#options,
			consumer,
			queues: this.#queues,
			onOver: () => this.#consumptions.delete(consumption),
		});
		this.#consumptions.add(consumption);
		consumption.lookEverywhere();
		return {
			freed: () => consumption.freed(),
			settled: (jobId) => consumption.settled(jobId),
			stop: () => consumption.stop(),
		};
	}

	/** The process that hears how a running job ends. */
	readonly homeOf = (jobId: string): string | undefined => {
		for (const consumption of this.#consumptions) {
			const home = consumption.homeOf(jobId);
			if (home !== undefined) return home;
		}
		return undefined;
	};

	ending(jobId: string): HeldPlace | undefined {
		for (const consumption of this.#consumptions) {
			const held = consumption.ending(jobId);
			if (held !== undefined) return held;
		}
		return undefined;
	}

	off(jobId: string): void {
		for (const consumption of this.#consumptions) consumption.off(jobId);
	}

	hand(job: HandedJob): void {
		for (const consumption of this.#consumptions) if (consumption.hand(job)) return;
		const { log } = this.#options;
		giveBackSurely(this.#queues.redis, this.#queues.of(job.queue), { ...job, starts: 1 }).catch((error: unknown) => {
			log.debug('job not given back', { id: job.id, error: describeError(error) });
		});
	}

	/** Takes nothing more until `resume`; what runs goes on. */
	pause(): void {
		for (const consumption of this.#consumptions) consumption.pause(true);
	}

	resume(): void {
		for (const consumption of this.#consumptions) consumption.pause(false);
	}

	/** Ends all connections; jobs that still run here are started elsewhere. A second call does nothing. */
	close(): void {
		for (const stop of this.#stopListening) stop();
		for (const consumption of [...this.#consumptions]) consumption.abandon();
		this.#cancels.disconnect();
		this.#queues.close();
	}
}
