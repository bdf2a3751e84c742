import { describeError, type ErrorCode, isCoreError } from '@errand/core/domain/errors.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { IRunReports, RunOutcome, RunReport } from '@errand/core/ports/job-queue.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import { failureOf } from '../runs/failure-of.ts';

/**
 * OutcomeReporter tells the orchestrator about runs and does not take a fault for an answer: while a report cannot be made
 * durable it is kept and tried again every second, so no outcome is lost while the process lives.
 */
export class OutcomeReporter {
	readonly #reports: IRunReports;
	readonly #clock: IClock;
	readonly #log: ILogger;
	readonly #wakeUps = new Set<() => void>();
	#givingUp = false;

	constructor(reports: IRunReports, clock: IClock, log: ILogger) {
		this.#reports = reports;
		this.#clock = clock;
		this.#log = log;
	}

	/** True when the run is wanted. `stopped` tells whether it has been stopped while this waited. */
	async started(report: RunReport, stopped: () => boolean): Promise<boolean> {
		while (!stopped()) {
			try {
				return await this.#reports.started(report);
			} catch (error) {
				if (isRefusal(error)) return false;
				this.#logFault('start of a run not recorded', report, error);
				if (this.#givingUp) return false;
			}
			await this.#pause();
		}
		return false;
	}

	async ended(report: RunReport, outcome: RunOutcome): Promise<void> {
		let told = outcome;
		for (let faults = 0; ; ) {
			try {
				return await this.#reports.ended(report, told);
			} catch (error) {
				if (isRefusal(error)) return this.#log.debug('outcome not wanted', { jobId: report.job.id, run: report.run });
				this.#logFault('outcome not recorded', report, error);
				if (this.#givingUp) return this.#log.error('outcome dropped at shutdown', { jobId: report.job.id });
				if (!isPassing(error)) faults++;
				// An outcome that cannot be recorded at all must not keep its step running for ever.
				if (faults >= MAX_FAULTS) told = { kind: 'failed', failure: { ...failureOf(error), kind: 'permanent' } };
			}
			await this.#pause();
		}
	}

	/** Makes every report that waits try once more, and then drop. For the end of the process. */
	giveUp(): void {
		this.#givingUp = true;
		for (const wakeUp of this.#wakeUps) wakeUp();
	}

	#pause(): Promise<void> {
		return new Promise((resolve) => {
			const wakeUp = () => {
				callOff();
				this.#wakeUps.delete(wakeUp);
				resolve();
			};
			const callOff = this.#clock.after(RETRY_MS, wakeUp);
			this.#wakeUps.add(wakeUp);
		});
	}

	#logFault(event: string, { job, run }: RunReport, error: unknown): void {
		this.#log.warn(event, { jobId: job.id, run, error: describeError(error) });
	}
}

const RETRY_MS = 1_000;
const MAX_FAULTS = 5;
const REFUSALS: ReadonlySet<ErrorCode> = new Set(['stale-outcome', 'unknown-task', 'unknown-step', 'not-possible']);

const PASSING: ReadonlySet<ErrorCode> = new Set(['disk-full', 'shutting-down', 'store-unreachable']);

/** The orchestrator does not want this report, now or later. */
function isRefusal(error: unknown): boolean {
	return isCoreError(error) && REFUSALS.has(error.code);
}

function isPassing(error: unknown): boolean {
	return isCoreError(error) && PASSING.has(error.code);
}
