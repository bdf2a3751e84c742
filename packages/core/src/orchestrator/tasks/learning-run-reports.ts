import type { WorkerChoice } from '../../domain/dispatch/choose-worker.ts';
import type { IClock } from '../../ports/clock.ts';
import type { IRunReports, RunOutcome, RunReport } from '../../ports/job-queue.ts';

type Learner = Pick<WorkerChoice, 'started' | 'ended' | 'released'>;

/** Runs whose end this process may never hear, because it came by another one, are forgotten beyond this many. */
const MOST_UNDER_WAY = 20_000;

/** LearningRunReports hands reports on, and lets the choice among workers learn from what was recorded. */
export class LearningRunReports implements IRunReports {
	readonly #runs: IRunReports;
	readonly #choice: Learner;
	readonly #clock: IClock;
	readonly #underWay = new Map<string, number>();

	constructor(runs: IRunReports, { choice, clock }: { choice: Learner; clock: IClock }) {
		this.#runs = runs;
		this.#choice = choice;
		this.#clock = clock;
	}

	async started(report: RunReport): Promise<boolean> {
		const wanted = await this.#runs.started(report);
		const key = keyOf(report);
		if (!wanted || this.#underWay.has(key)) return wanted;
		this.#underWay.set(key, this.#clock.now());
		const [oldest] = this.#underWay.keys();
		if (this.#underWay.size > MOST_UNDER_WAY && oldest !== undefined) this.#underWay.delete(oldest);
		this.#choice.started({ worker: report.worker, capability: report.job.capability });
		return wanted;
	}

	async ended(report: RunReport, outcome: RunOutcome): Promise<void> {
		await this.#runs.ended(report, outcome);
		const key = keyOf(report);
		const since = this.#underWay.get(key);
		this.#underWay.delete(key);
		const of = { worker: report.worker, capability: report.job.capability };
		const ok = verdict(outcome);
		// How long it took is known of what was seen to start.
		if (ok === undefined || since === undefined) this.#choice.released(of);
		else this.#choice.ended({ ...of, ok, ms: this.#clock.now() - since, microUsd: outcome.usage?.microUsd ?? 0 });
	}
}

function keyOf({ job, run }: RunReport): string {
	return `${job.id}.${run}`;
}

/** Whether a worker did well; undefined where the outcome says nothing of it: the input was wrong, or somebody stopped it. */
function verdict(outcome: RunOutcome): boolean | undefined {
	switch (outcome.kind) {
		case 'completed':
			return outcome.cached === true ? undefined : true;
		case 'failed':
			return outcome.failure.kind === 'retryable' || outcome.failure.kind === 'timed-out' ? false : undefined;
		case 'lost':
			return outcome.cause === 'child-died' || outcome.cause === 'host-died' ? false : undefined;
		case 'asked':
			return undefined;
	}
}
