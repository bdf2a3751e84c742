import { CoreError } from '@errand/core/domain/errors.ts';
import type { StepId, TaskId } from '@errand/core/domain/ids.ts';
import type { BrowserRun } from '@errand/core/ports/browser.ts';

/**
 * Fences keeps the highest token (attempt, run) of each step, so that a run which was given up cannot act after the one
 * that took its place. Those of closed tasks are kept for a while: a call may come late.
 */
export class Fences {
	readonly #tasks = new Map<TaskId, Map<StepId, Fence>>();

	/** Lets a run act, or throws `stale-outcome`; true if it is the first to come of this token. */
	admit(run: BrowserRun): boolean {
		const steps = this.#tasks.get(run.taskId) ?? new Map<StepId, Fence>();
		const known = steps.get(run.stepId);
		const order = known === undefined ? 1 : compareTokens(run, known);
		if (order < 0 || (order === 0 && known?.ended === true)) throw stale(run);
		if (order === 0) return false;
		this.#remember(run.taskId, steps.set(run.stepId, { attempt: run.attempt, run: run.run, ended: false }));
		return true;
	}

	/** From now on this run may act no more. */
	end(run: BrowserRun): void {
		const steps = this.#tasks.get(run.taskId) ?? new Map<StepId, Fence>();
		const known = steps.get(run.stepId);
		if (known !== undefined && compareTokens(run, known) < 0) return;
		this.#remember(run.taskId, steps.set(run.stepId, { attempt: run.attempt, run: run.run, ended: true }));
	}

	/** Every run of the task so far has ended. */
	endTask(task: TaskId): void {
		for (const fence of this.#tasks.get(task)?.values() ?? []) fence.ended = true;
	}

	#remember(task: TaskId, steps: Map<StepId, Fence>): void {
		this.#tasks.delete(task);
		this.#tasks.set(task, steps);
		if (this.#tasks.size <= MAX_TASKS) return;
		for (const [oldest, fences] of this.#tasks) {
			if (![...fences.values()].every(({ ended }) => ended)) continue;
			this.#tasks.delete(oldest);
			return;
		}
	}
}

/** Token is a run's place in the order of its step's runs. */
type Token = Pick<BrowserRun, 'attempt' | 'run'>;

interface Fence extends Token {
	ended: boolean;
}

const MAX_TASKS = 1_000;

/** compareTokens is negative if the first of two fencing tokens is the older one, 0 if they are the same. */
export function compareTokens(one: Token, other: Token): number {
	return one.attempt - other.attempt || one.run - other.run;
}

function stale({ stepId, attempt, run }: BrowserRun): CoreError {
	return new CoreError(
		'stale-outcome',
		`Step "${stepId}" may no longer use the browser in attempt ${attempt}, run ${run}: it ended, or a newer run has acted.`,
		{ hint: 'Nothing to do: the newer run goes on.' },
	);
}
