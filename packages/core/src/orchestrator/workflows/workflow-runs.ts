import type { Task } from '../../domain/task/state.ts';
import { type StepView, type TaskView, viewTask } from '../../domain/task/view.ts';
import type { IClock } from '../../ports/clock.ts';
import type { ITaskDesk, Principal } from '../desks/desk.ts';
import type { WorkflowStats } from '../desks/workflows.ts';
import { type RunCounts, RunTally } from './run-tally.ts';

/** EndedRun is one run of a workflow that has ended; times in ms. */
export interface EndedRun {
	readonly workflow: string;
	readonly status: 'done' | 'failed' | 'cancelled';
	readonly ms: number;
	readonly steps: readonly { readonly id: string; readonly failed: boolean; readonly ms: number }[];
}

/** WorkflowRuns tells how runs went: counts of all of them, times from the histories of the latest. */
export class WorkflowRuns {
	readonly #tasks: Pick<ITaskDesk, 'view'>;
	readonly #tally: RunTally;

	constructor({ tasks, clock }: { readonly tasks: Pick<ITaskDesk, 'list' | 'view'>; readonly clock: IClock }) {
		this.#tasks = tasks;
		this.#tally = new RunTally({ tasks, clock });
	}

	async stats(principal: Principal, name: string): Promise<WorkflowStats> {
		const counts = await this.#tally.of(principal, name);
		const views = await Promise.all(counts.latest.map((id) => this.#tasks.view(principal, id)));
		return statsOf(name, counts, views);
	}
}

/** endedRun reads a run off its task; undefined for a task that is none, or goes on. */
export function endedRun(task: Task): EndedRun | undefined {
	const workflow = workflowOf(task.planBy);
	if (workflow === undefined || task.end === undefined) return undefined;
	const { status, at } = task.end;
	return { workflow: nameOfRun(workflow), status, ms: at - task.createdAt, steps: stepTimes(viewTask(task)) };
}

/** workflowOf reads `<name>@<version>` off what made a plan; undefined for any other plan. */
export function workflowOf(planBy: string): string | undefined {
	return /^workflow:([a-z0-9][a-z0-9-]*@\d+)$/.exec(planBy)?.[1];
}

/** statsOf sums up runs. */
export function statsOf(
	name: string,
	{ done, failed, cancelled, running }: Omit<RunCounts, 'latest'>,
	views: readonly TaskView[],
): WorkflowStats {
	const ended = done + failed + cancelled;
	const times = views.flatMap(({ createdAt, endedAt, status }) =>
		endedAt === undefined || status === 'cancelled' ? [] : endedAt - createdAt,
	);
	const bySteps = Map.groupBy(views.flatMap(stepTimes), ({ id }) => id);
	return {
		...{ name, runs: ended + running, done, failed, cancelled, running, timed: views.length },
		...(ended === 0 ? {} : { successRate: done / ended }),
		...(times.length === 0 ? {} : { durationMs: quantiles(times) }),
		steps: [...bySteps].map(([id, some]) => ({
			...{ id, runs: some.length, failed: some.filter((one) => one.failed).length },
			...quantiles(some.map(({ ms }) => ms)),
		})),
	};
}

/** Times round a loop and elements of a list are runs of the same step. */
function stepTimes({ plan }: TaskView): EndedRun['steps'] {
	return plan.steps.flatMap((step) => {
		const { startedAt, endedAt } = step;
		if (startedAt === undefined || endedAt === undefined || endedAt < startedAt) return [];
		return { id: step.id.replaceAll(/[#:]\d+/g, ''), failed: hasFailed(step), ms: endedAt - startedAt };
	});
}

function hasFailed({ status }: StepView): boolean {
	return status === 'failed' || status === 'dead-lettered';
}

function quantiles(values: readonly number[]): { readonly p50: number; readonly p95: number } {
	const sorted = values.toSorted((one, other) => one - other);
	const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
	return { p50: at(0.5), p95: at(0.95) };
}

function nameOfRun(workflow: string): string {
	return workflow.replace(/@\d+$/, '');
}
