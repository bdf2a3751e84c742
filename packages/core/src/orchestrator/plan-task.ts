import { randomInt } from 'node:crypto';
import type { StepFailure } from '../domain/capability.ts';
import { CoreError, describeError } from '../domain/errors.ts';
import { allowanceOf } from '../domain/task/budget.ts';
import type { TaskCommand } from '../domain/task/commands.ts';
import type { Task } from '../domain/task/state.ts';
import type { IClock } from '../ports/clock.ts';
import type { IPlanAdmission } from '../ports/plan-admission.ts';
import type { IPlanner, PlanRequest } from '../ports/planner.ts';

interface Dependencies {
	readonly planner: IPlanner;
	readonly admission: IPlanAdmission;
	readonly clock: IClock;
}

/** Planning that takes longer (ms) is given up and tried again. */
const PLANNING_TIMEOUT_MS = 120_000;

/** planTask asks the planner once and says what came of it as a command: a plan, an answer, questions, or the failure. */
export async function planTask(task: Task, { planner, admission, clock }: Dependencies): Promise<TaskCommand> {
	try {
		const outcome = await planner.plan(planRequest(task), AbortSignal.timeout(PLANNING_TIMEOUT_MS));
		const at = clock.now();
		switch (outcome.kind) {
			case 'plan': {
				const { by, method, note } = outcome;
				return { type: 'ProposePlan', at, by, method, note, steps: admission.admit(outcome.steps) };
			}
			case 'answer':
				return { type: 'AnswerDirectly', at, by: outcome.by, text: outcome.text, method: outcome.method };
			case 'ask':
				return { type: 'AskAboutGoal', at, questions: outcome.questions };
		}
	} catch (error) {
		const jitter = randomInt(1_000) / 1_000;
		return { type: 'FailPlanning', at: clock.now(), failure: planningFailure(error), jitter };
	}
}

function planRequest(task: Task): PlanRequest {
	const { id: taskId, person, goal, attachments, questions } = task;
	const answers = Object.values(questions).flatMap(({ question, answer }) =>
		question.purpose === 'goal' && answer !== undefined ? [{ question: question.text, answer }] : [],
	);
	return { taskId, person, goal, attachments, answers, allowance: allowanceOf(task) };
}

/** A plan that cannot be admitted will not get better by trying again; anything else may. */
function planningFailure(error: unknown): StepFailure {
	if (error instanceof CoreError) {
		const kind = error.code === 'timed-out' || error.code === 'fetch-failed' ? 'retryable' : 'permanent';
		return { kind, code: error.code, message: error.message, hint: error.hint };
	}
	return { kind: 'retryable', code: 'internal', message: describeError(error) };
}
