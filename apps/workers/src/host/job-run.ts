import type { SessionKind } from '@errand/core/domain/capability.ts';
import { describeError } from '@errand/core/domain/errors.ts';
import { isJsonObject } from '@errand/core/domain/json.ts';
import type { Usage } from '@errand/core/domain/task/facts.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { Job, RunOutcome, RunReport } from '@errand/core/ports/job-queue.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { IResultCache } from '@errand/core/ports/result-cache.ts';
import type { ISessionLeases, SessionLease } from '@errand/core/ports/session-leases.ts';
import { Countdown } from '../runs/countdown.ts';
import { failureOf } from '../runs/failure-of.ts';
import type { StepProgress } from '../runs/run-context.ts';
import type { IRunner, RunHandle } from '../runs/runner.ts';
import { type StopCause, stoppedOutcome } from '../runs/stop-cause.ts';
import { type HostServices, RunServices } from '../services/run-services.ts';
import type { OutcomeReporter } from './outcome-reporter.ts';
import { resultKey } from './result-key.ts';

/** JobRunParts are what every run of a host shares. */
export interface JobRunParts {
	readonly worker: string;
	readonly reporter: OutcomeReporter;
	readonly inline: IRunner;
	readonly children: IRunner;
	readonly cache: IResultCache;
	readonly clock: IClock;
	readonly log: ILogger;
	readonly services: HostServices;
	readonly openWorkspace: (taskId: Job['taskId']) => Promise<string>;
	/** Only where other workers may have the browser of a task. */
	readonly leases?: Pick<ISessionLeases, 'claim'> | undefined;
	readonly onProgress: (job: Job, progress: StepProgress) => void;
	/** Hears how runs end, before that is recorded. */
	readonly onOutcome?: ((job: Job, outcome: RunOutcome) => void) | undefined;
}

/** JobRun is the life of one job on a host: its start is recorded, it runs or is found in the cache, and its outcome is recorded. */
export class JobRun {
	readonly job: Job;
	readonly run: number;
	readonly since: number;
	/** As it was when the run began. */
	readonly capability: ICapability;
	readonly #parts: JobRunParts;
	#cause: StopCause | undefined;
	#handle: RunHandle | undefined;
	#services: RunServices | undefined;
	readonly #stopped = new AbortController();

	constructor(work: { job: Job; run: number; capability: ICapability }, parts: JobRunParts) {
		this.job = work.job;
		this.run = work.run;
		this.since = parts.clock.now();
		this.capability = work.capability;
		this.#parts = parts;
	}

	/** Stops the run, wherever it is; the first cause counts. */
	stop(cause: StopCause): void {
		this.#cause ??= cause;
		this.#stopped.abort();
		this.#handle?.stop(this.#cause);
		this.#services?.stop();
	}

	/** Resolves once the outcome is recorded, or known not to be wanted. Never rejects. */
	async live(): Promise<void> {
		const { job, run } = this;
		const { reporter, worker } = this.#parts;
		const { id, taskId, stepId, attempt, capability } = job;
		const report: RunReport = { job: { id, taskId, stepId, attempt, capability }, run, worker };
		if (this.#startCounts()) {
			if (!(await reporter.started(report, () => this.#cause !== undefined))) return;
		}
		await this.#reportOutcome(report);
	}

	/**
	 * An inline run that does not last is over before its start would be durable, so its end records both. What the plan says acts on the
	 * world is not run before it is known to have begun: it could not be told from what never ran, and would be run again.
	 */
	#startCounts(): boolean {
		const { placement, lasting } = this.capability;
		return placement === 'process' || lasting === true || this.job.effects === 'external';
	}

	async #reportOutcome(report: RunReport): Promise<void> {
		const { reporter } = this.#parts;
		const key = this.capability.pure ? resultKey(this.capability, this.job, this.#model) : undefined;
		const cached = key === undefined ? undefined : await this.#cached(key);
		if (cached !== undefined) return reporter.ended(report, cached);
		const { outcome, lacking } = await this.#outcome();
		this.#parts.onOutcome?.(this.job, outcome);
		// Kept first: once the outcome is known, nobody computes it again.
		if (key !== undefined && outcome.kind === 'completed' && !lacking) await this.#keep(key, outcome);
		return reporter.ended(report, outcome);
	}

	/** `lacking`: the model was to be used and was not, so another run may give more. */
	async #outcome(): Promise<{ outcome: RunOutcome; lacking?: boolean }> {
		const { job, run } = this;
		const { clock, inline, children, openWorkspace, onProgress } = this.#parts;
		const capability = this.capability;
		if (job.effects === 'external' && run > 1) return { outcome: secondStart(job) };
		let workspace: string | undefined;
		try {
			if (capability.sessions?.some(isHeldByOneWorker) && (await this.#isElsewhere())) return { outcome: ELSEWHERE };
			if (capability.sessions?.includes('workspace')) workspace = await openWorkspace(job.taskId);
		} catch (error) {
			return { outcome: { kind: 'failed', failure: failureOf(error) } };
		}
		if (this.#cause !== undefined) return { outcome: stoppedOutcome(this.#cause, job.timeoutMs) };
		const limit = new Countdown(clock, job.timeoutMs, () => this.stop('timed-out'));
		// What the capability allows is for its own work; a limit that the plan sets is for everything.
		const isOwnLimit = job.timeoutMs === capability.timeoutMs;
		if (!isOwnLimit) limit.resume();
		const onWaiting = (waits: boolean) => (waits ? limit.pause() : limit.resume());
		const services = new RunServices(this.#parts.services, {
			...{ job, run, capability, clock },
			onWaiting: isOwnLimit ? onWaiting : undefined,
		});
		const handle = (capability.placement === 'inline' ? inline : children).start({
			job,
			capability,
			workspace,
			services,
			onProgress: (progress) => onProgress(job, progress),
			onBegin: () => limit.resume(),
		});
		this.#handle = handle;
		this.#services = services;
		const ended = await handle.outcome;
		limit.stop();
		await services.end();
		const outcome = withUsage(this.#cautious(ended), services.usage);
		return { outcome, lacking: services.modelFailed || (this.#model !== undefined && madeByRules(outcome)) };
	}

	/** A run that was stopped in the middle may have acted on the world: it must not simply be run again. */
	#cautious(outcome: RunOutcome): RunOutcome {
		const isDrained = outcome.kind === 'lost' && outcome.cause === 'drained';
		return isDrained && this.job.effects === 'external' ? { kind: 'lost', cause: 'host-died' } : outcome;
	}

	/** Takes the task's browser and connections for this worker; whether another one has them. */
	async #isElsewhere(): Promise<boolean> {
		const { leases, log } = this.#parts;
		if (leases === undefined) return false;
		const { taskId, id: jobId } = this.job;
		try {
			const claim = await leases.claim(taskId, this.#stopped.signal);
			if (claim.kind === 'held') return this.#watch(claim.lease);
			log.info('browser is elsewhere', { jobId, worker: claim.worker });
		} catch (error) {
			if (this.#cause === undefined) log.warn('browser not taken', { jobId, error: describeError(error) });
		}
		return this.#cause === undefined;
	}

	#watch({ lost }: SessionLease): false {
		if (lost.aborted) this.stop('lapsed');
		else lost.addEventListener('abort', () => this.stop('lapsed'), { once: true });
		return false;
	}

	/** The model that the result may depend on. */
	get #model(): string | undefined {
		return this.capability.uses?.includes('model') ? this.#parts.services.model?.name : undefined;
	}

	async #cached(key: string): Promise<RunOutcome | undefined> {
		const { cache, log } = this.#parts;
		try {
			const found = await cache.get(this.job.person, key);
			return found && { kind: 'completed', output: found.output, origins: found.origins, cached: true };
		} catch (error) {
			log.warn('result cache not read', { jobId: this.job.id, error: describeError(error) });
			return undefined;
		}
	}

	async #keep(key: string, { output, origins }: Extract<RunOutcome, { kind: 'completed' }>): Promise<void> {
		const { cache, log } = this.#parts;
		try {
			await cache.put(this.job.person, key, { output, origins });
		} catch (error) {
			log.warn('result not cached', { jobId: this.job.id, error: describeError(error) });
		}
	}
}

function isHeldByOneWorker(kind: SessionKind): boolean {
	return kind === 'browser' || kind === 'connection';
}

const ELSEWHERE: RunOutcome = { kind: 'lost', cause: 'elsewhere' };

/** A run that met the end of the budget has not failed: it goes on once the person raised the budget. */
function withUsage(outcome: RunOutcome, usage: Usage | undefined): RunOutcome {
	const code = outcome.kind === 'failed' ? outcome.failure.code : undefined;
	if (outcome.kind === 'failed' && (code === 'over-budget' || code === 'over-day-budget')) {
		const { message, hint } = outcome.failure;
		return { kind: 'lost', cause: code, words: [message, hint ?? ''].join(' ').trim(), usage };
	}
	return usage === undefined ? outcome : { ...outcome, usage };
}

function madeByRules(outcome: RunOutcome): boolean {
	return outcome.kind === 'completed' && isJsonObject(outcome.output) && outcome.output['method'] === 'rules';
}

function secondStart(job: Job): RunOutcome {
	return {
		kind: 'failed',
		failure: {
			kind: 'unknown-outcome',
			code: 'unknown-outcome',
			message: `An earlier run of ${job.capability} was interrupted and may or may not have taken effect.`,
			hint: 'Look at the place it acts on. If it did not happen, retry the step; if it did, skip it.',
		},
	};
}
