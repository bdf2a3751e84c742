import type { IRunReports } from '../../ports/job-queue.ts';
import type { HeldRun } from './held-run.ts';

/** reportGivenUp records that a job failed each of whose runs ended with its worker: it would take all of them down, one after the other. */
export async function reportGivenUp(
	run: HeldRun,
	{ reports, worker }: { readonly reports: IRunReports; readonly worker: string },
): Promise<void> {
	const { id, taskId, stepId, attempt, capability } = run.job;
	const report = { job: { id, taskId, stepId, attempt, capability }, run: run.run, worker };
	if (!(await reports.started(report))) return;
	const message = `Each of ${run.run - 1} runs of ${capability} ended with the worker it ran on, or with its connection.`;
	const hint = 'Look at its input and at the workers: something in it may take them down. Then retry the step.';
	const failure = { kind: 'permanent', code: 'worker-died', message, hint } as const;
	await reports.ended(report, { kind: 'failed', failure });
}
