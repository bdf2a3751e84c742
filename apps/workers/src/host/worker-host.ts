import { asStepId, asTaskId } from '@errand/core/domain/ids.ts';
import type { LiveCatalogue } from '@errand/core/planning/live-catalogue.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { IEventBus } from '@errand/core/ports/event-bus.ts';
import type { IJobSource, IRunReports, Job, JobConsumer } from '@errand/core/ports/job-queue.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { IResultCache } from '@errand/core/ports/result-cache.ts';
import { RunLost } from '@errand/core/ports/run-lost.ts';
import type { ISessionLeases } from '@errand/core/ports/session-leases.ts';
import type { WorkerState, WorkerStatus } from '@errand/core/ports/worker-registry.ts';
import { ProgressCoalescer } from '../runs/progress-coalescer.ts';
import type { IRunner } from '../runs/runner.ts';
import type { HostServices } from '../services/run-services.ts';
import { JobRun, type JobRunParts } from './job-run.ts';
import { OutcomeReporter } from './outcome-reporter.ts';
import { type RunCounts, RunTally } from './run-tally.ts';
import { Slots } from './slots.ts';
import { workerState } from './worker-status.ts';

/** WorkerHostOptions are what a worker host is built from. */
export interface WorkerHostOptions {
	/** Names this host in reports and heartbeats. */
	readonly worker: string;
	readonly catalogue: LiveCatalogue<ICapability>;
	readonly queue: IJobSource;
	readonly reports: IRunReports;
	readonly bus: IEventBus;
	readonly cache: IResultCache;
	readonly clock: IClock;
	readonly log: ILogger;
	readonly inline: IRunner;
	readonly children: IRunner & { readonly maxChildren: number };
	readonly services: HostServices;
	readonly openWorkspace: (taskId: Job['taskId']) => Promise<string>;
	readonly leases?: Pick<ISessionLeases, 'claim'> | undefined;
	/** Hears the status every so often, and at once when the host starts, backs off, recovers or shuts down. */
	readonly heartbeat?: { readonly everyMs: number; publish(status: WorkerStatus): void } | undefined;
}

/** WorkerHost takes jobs off the queue, has them run within its slots and reports how each ended. */
export class WorkerHost implements JobConsumer {
	readonly #options: WorkerHostOptions;
	readonly #slots: Slots;
	readonly #reporter: OutcomeReporter;
	readonly #progress: ProgressCoalescer;
	readonly #parts: JobRunParts;
	readonly #running = new Map<string, JobRun>();
	readonly #tally = new RunTally();
	#consumption: ReturnType<IJobSource['consume']> | undefined;
	#stopping: Promise<void> | undefined;
	#whenEmpty: (() => void) | undefined;
	#callOffBeat: (() => void) | undefined;
	#callOffRecovery: (() => void) | undefined;
	#paused = false;
	#fault: string | undefined;
	#faults = 0;
	#state: WorkerState = 'IDLE';
	#since: number;

	constructor(options: WorkerHostOptions) {
		const { worker, catalogue, reports, bus, cache, clock, log, inline, children, services, openWorkspace, leases } =
			options;
		this.#options = options;
		this.#since = clock.now();
		this.#slots = new Slots(catalogue, children.maxChildren);
		this.#reporter = new OutcomeReporter(reports, clock, log);
		this.#progress = new ProgressCoalescer(clock, (taskId, stepId, progress) =>
			bus.publish('progress', { taskId: asTaskId(taskId), stepId: asStepId(stepId), ...progress }),
		);
		this.#parts = {
			worker,
			reporter: this.#reporter,
			inline,
			children,
			cache,
			clock,
			log,
			services,
			openWorkspace,
			leases,
			onProgress: (job, progress) => this.#progress.add(job.taskId, job.stepId, progress),
			onOutcome: (job, outcome) => this.#tally.add(job.capability, outcome),
		};
	}

	/** Begins to take jobs. */
	start(): void {
		if (this.#consumption !== undefined || this.#stopping !== undefined) return;
		this.#consumption = this.#options.queue.consume(this);
		this.#noteState();
		this.#beatLater();
	}

	/**
	 * Takes no more jobs, lets those under way end within `drainMs`, then stops them and reports them lost as `drained`.
	 * A second call waits for the first.
	 */
	stop({ drainMs }: { drainMs: number } = { drainMs: 0 }): Promise<void> {
		this.#stopping ??= this.#drain(drainMs);
		return this.#stopping;
	}

	freeSlots(capability: string): number {
		if (this.#stopping !== undefined || this.#paused) return 0;
		const found = this.#options.catalogue.get(capability);
		if (found === undefined || this.#lacks(found)) return 0;
		if (this.#fault !== undefined && found.placement === 'process') return 0;
		return this.#slots.free(capability);
	}

	take(job: Job, run: number, signal: AbortSignal): void {
		const capability = this.#options.catalogue.get(job.capability);
		if (capability === undefined) return this.#consumption?.settled(job.id);
		const jobRun = new JobRun({ job, run, capability }, this.#parts);
		this.#slots.take(capability);
		this.#running.set(job.id, jobRun);
		const stop = () => jobRun.stop(signal.reason instanceof RunLost ? 'lapsed' : 'cancelled');
		if (signal.aborted) stop();
		else signal.addEventListener('abort', stop, { once: true });
		if (this.#running.size === 1) this.#noteState();
		void jobRun.live().then(() => this.#ended(jobRun));
	}

	/** Takes nothing new until `resume`; what runs goes on. */
	pause(): void {
		this.#paused = true;
	}

	resume(): void {
		this.#paused = false;
		this.#consumption?.freed();
	}

	/** A service or a capability came or went: what needs it is taken again, or no more. */
	offerChanged(): void {
		this.#consumption?.freed();
		this.#options.heartbeat?.publish(this.status());
	}

	get isPaused(): boolean {
		return this.#paused;
	}

	/** Backs off from jobs that need a child: 1 s after the first fault, twice as long after each further one, 30 s at most. */
	fault(message: string): void {
		const waitMs = Math.min(MAX_BACK_OFF_MS, 1_000 * 2 ** this.#faults);
		this.#faults++;
		this.#fault = message;
		this.#callOffRecovery?.();
		this.#callOffRecovery = this.#options.clock.after(waitMs, () => {
			this.#fault = undefined;
			this.#noteState();
			this.#consumption?.freed();
		});
		this.#noteState();
	}

	status(): WorkerStatus {
		const { worker, catalogue, clock } = this.#options;
		return {
			worker,
			state: this.#state,
			since: this.#since,
			at: clock.now(),
			capabilities: catalogue
				.list()
				.filter((each) => !this.#lacks(each))
				.map(({ name, version, placement, concurrency }) => {
					const successRate = this.#tally.successRate(name);
					return {
						...{ name, version, placement, concurrency, running: this.#slots.running(name) },
						...(successRate === undefined ? {} : { successRate }),
					};
				}),
			running: [...this.#running.values()].map(({ job, run, since }) => {
				return { jobId: job.id, taskId: job.taskId, stepId: job.stepId, capability: job.capability, run, since };
			}),
			load: this.#slots.load,
			rss: process.memoryUsage.rss(),
			...(this.#fault === undefined ? {} : { fault: this.#fault }),
		};
	}

	/** How runs have ended, those left out that were found in the cache. */
	get runCounts(): RunCounts {
		return this.#tally.counts;
	}

	/** What it cannot do without may be away for a while. */
	#lacks({ needs }: ICapability): boolean {
		return needs?.some((name) => this.#options.services[name] === undefined) ?? false;
	}

	#ended(jobRun: JobRun): void {
		const { capability } = jobRun;
		const { id, taskId, stepId } = jobRun.job;
		this.#running.delete(id);
		this.#slots.give(capability);
		if (this.#fault === undefined && capability.placement === 'process') this.#faults = 0;
		this.#progress.endStep(taskId, stepId);
		this.#consumption?.settled(id);
		this.#consumption?.freed();
		if (this.#running.size > 0) return;
		this.#noteState();
		this.#whenEmpty?.();
	}

	async #drain(drainMs: number): Promise<void> {
		this.#consumption?.stop();
		// The first turn after `stop` was called: `#stopping` is set by now.
		await null;
		this.#noteState();
		await this.#emptyWithin(drainMs);
		for (const jobRun of this.#running.values()) jobRun.stop('drained');
		await this.#emptyWithin(LAST_REPORT_MS);
		this.#reporter.giveUp();
		await this.#emptyWithin(LAST_REPORT_MS);
		this.#callOffBeat?.();
		this.#callOffRecovery?.();
		this.#progress.stop();
	}

	async #emptyWithin(ms: number): Promise<void> {
		if (this.#running.size === 0) return;
		await new Promise<void>((resolve) => {
			const callOff = this.#options.clock.after(ms, resolve);
			this.#whenEmpty = () => {
				callOff();
				resolve();
			};
		});
	}

	#noteState(): void {
		const state = workerState({
			stopping: this.#stopping !== undefined,
			consuming: this.#consumption !== undefined,
			faulty: this.#fault !== undefined,
			running: this.#running.size,
		});
		if (state === this.#state) return;
		// Work comes and goes thousands of times a second: that is left to the next heartbeat.
		const isNews = !isWorkState(state) || !isWorkState(this.#state);
		this.#state = state;
		this.#since = this.#options.clock.now();
		if (isNews) this.#options.heartbeat?.publish(this.status());
	}

	#beatLater(): void {
		const { heartbeat, clock } = this.#options;
		if (heartbeat === undefined) return;
		this.#callOffBeat = clock.after(heartbeat.everyMs, () => {
			heartbeat.publish(this.status());
			this.#beatLater();
		});
	}
}

function isWorkState(state: WorkerState): boolean {
	return state === 'WAITING' || state === 'BUSY';
}

const MAX_BACK_OFF_MS = 30_000;
/** Time for the outcomes of stopped runs to become durable. */
const LAST_REPORT_MS = 2_000;
