import type { StepFailure } from '../../capability.ts';
import { CoreError } from '../../errors.ts';
import type { StepId } from '../../ids.ts';
import { askForBudget } from '../ask-for-budget.ts';
import { planProblems } from '../check-plan.ts';
import type { RunToken, TaskCommandOf } from '../commands.ts';
import { type Draft, record, recordQuestion } from '../draft.ts';
import { type LossCause, taskFact } from '../facts.ts';
import { inputOrigins } from '../input-origins.ts';
import { isRunnable } from '../readiness.ts';
import { retryWaitMs } from '../retry-wait.ts';
import { plannedSteps, type Step, stepOf, type Task } from '../state.ts';
import { invalidPlan, recordPlanApproval } from './planning.ts';

/** Runs of a step that may take their own handler child down before the step gives up. */
const MAX_CHILD_DEATHS = 3;

/** Losses of runs that took no effect, or whose worker says that they did not. */
const HARMLESS_LOSSES: ReadonlySet<LossCause> = new Set(['drained', 'elsewhere', 'over-budget', 'over-day-budget']);

/** startStep notes that a worker took a run. A higher run of the same attempt takes over; its own worker may tell it again; anything else on a running step is stale. */
export function startStep(draft: Draft, task: Task, command: TaskCommandOf<'StartStep'>): void {
	const { stepId, attempt, run, worker } = command;
	const step = knownStep(task, stepId);
	const running = step.phase.status === 'running' && attempt === step.attempts ? step.phase : undefined;
	// Whoever got no answer tells it again.
	if (running?.run === run && running.worker === worker) return;
	const takesOver = running !== undefined && run > running.run;
	if (takesOver && step.spec.effects === 'external') return recordUnknownOutcome(draft, step, command);
	const starts = attempt === step.attempts + 1 && isRunnable(task, step, draft.at);
	if (!takesOver && !starts) throw staleRun(step, command);
	record(draft, taskFact('StepStarted', { stepId, attempt, run, worker }));
}

/** completeStep records what a run produced, with the origins of all it was made from, and extends the plan if the output asks for it. */
export function completeStep(draft: Draft, task: Task, command: TaskCommandOf<'CompleteStep'>): void {
	const step = currentRun(draft, task, command);
	const { stepId, attempt, run, output, usage, cached, extend } = command;
	if (extend !== undefined && extend.length > 0) {
		const problems = planProblems([...plannedSteps(task).map(({ spec }) => spec), ...extend]);
		if (problems.length > 0) {
			const { message, hint } = invalidPlan(problems);
			return recordFinalFailure(draft, command, { kind: 'permanent', code: 'invalid-plan', message, hint });
		}
	}
	const origins = [...new Set([...step.origins, ...inputOrigins(task, step), ...command.origins])];
	record(
		draft,
		taskFact('StepCompleted', {
			stepId,
			attempt,
			run,
			output,
			origins,
			...(usage === undefined ? {} : { usage }),
			...(cached === true ? { cached } : {}),
		}),
	);
	if (extend === undefined || extend.length === 0) return;
	const version = task.planVersion + 1;
	const edit = { by: `step:${stepId}`, version, added: extend, updated: [], removed: [], from: stepId };
	record(draft, taskFact('PlanEdited', edit));
	if (task.approve) recordPlanApproval(draft);
}

/** failStep tries again later within the retry policy, else dead-letters the step. */
export function failStep(draft: Draft, task: Task, command: TaskCommandOf<'FailStep'>): void {
	const step = currentRun(draft, task, command);
	const { stepId, attempt, run, failure, jitter } = command;
	if (failure.kind === 'cancelled') {
		return record(draft, taskFact('StepLost', { stepId, attempt, run, cause: 'drained' }));
	}
	if (failure.kind === 'timed-out' && step.spec.effects === 'external')
		return recordUnknownOutcome(draft, step, command);
	const mayRetry = failure.kind === 'retryable' || failure.kind === 'timed-out';
	const wait = mayRetry ? retryWaitMs(step.spec.retry, step.failures + 1, failure, jitter) : undefined;
	if (wait === undefined) return recordFinalFailure(draft, command, failure);
	record(draft, taskFact('StepFailed', { stepId, attempt, run, failure, retryAt: draft.at + wait }));
}

/** loseStep handles a run that vanished: it is run again outside the retry budget, unless it may have acted on the world or keeps killing its child. */
export function loseStep(draft: Draft, task: Task, command: TaskCommandOf<'LoseStep'>): void {
	const { stepId, attempt, run, cause, words } = command;
	const step = knownStep(task, stepId);
	if (step.phase.status !== 'running' || step.attempts !== attempt || step.phase.run !== run) return;
	if (step.spec.effects === 'external' && !HARMLESS_LOSSES.has(cause))
		return recordUnknownOutcome(draft, step, command);
	record(draft, taskFact('StepLost', { stepId, attempt, run, cause }));
	if (cause === 'over-budget' || cause === 'over-day-budget')
		askForBudget(draft, cause, words ?? 'A budget was used up in the middle of a step');
	if (cause !== 'child-died' || step.childDeaths + 1 < MAX_CHILD_DEATHS) return;
	const message = `"${step.spec.title}" took down the process it ran in ${MAX_CHILD_DEATHS} times.`;
	const hint = 'Look at its input: a document may be broken or too large. Retry, or leave the step out.';
	record(
		draft,
		taskFact('StepDeadLettered', { stepId, failure: { kind: 'permanent', code: 'child-died', message, hint } }),
	);
}

/** askQuestions ends a run with questions; the step runs again once all of them are answered. */
export function askQuestions(draft: Draft, task: Task, command: TaskCommandOf<'AskQuestions'>): void {
	currentRun(draft, task, command);
	const { stepId, questions } = command;
	for (const question of questions) recordQuestion(draft, { ...question, purpose: 'step', stepId });
}

/** awaitEvent lets a step wait that has done its part, with nothing held meanwhile; an event that has come already ends it at once. */
export function awaitEvent(draft: Draft, task: Task, command: TaskCommandOf<'AwaitEvent'>): void {
	const { stepId, attempt, event, until } = command;
	const step = knownStep(task, stepId);
	if (attempt !== step.attempts + 1 || !isRunnable(task, step, draft.at)) throw staleRun(step, command);
	record(draft, taskFact('StepSuspended', { stepId, event, until }));
}

/** knownStep finds a step or refuses. */
export function knownStep(task: Task, stepId: StepId): Step {
	const step = stepOf(task, stepId);
	if (step !== undefined) return step;
	throw new CoreError('unknown-step', `Task ${task.id} has no step "${stepId}".`, {
		hint: 'Look at the plan for its steps.',
	});
}

/** The step as the run that reports left it. An inline run reports only its end: its start is recorded along with it. */
function currentRun(draft: Draft, task: Task, command: RunToken & { worker: string }): Step {
	const { stepId, attempt, run, worker } = command;
	const step = knownStep(task, stepId);
	const { phase } = step;
	if (phase.status === 'running' && attempt === step.attempts && run === phase.run) return step;
	if (attempt !== step.attempts + 1 || !isRunnable(task, step, draft.at)) throw staleRun(step, command);
	record(draft, taskFact('StepStarted', { stepId, attempt, run, worker }));
	return step;
}

function recordFinalFailure(draft: Draft, { stepId, attempt, run }: RunToken, failure: StepFailure): void {
	record(draft, taskFact('StepFailed', { stepId, attempt, run, failure }));
	record(draft, taskFact('StepDeadLettered', { stepId, failure }));
}

function recordUnknownOutcome(draft: Draft, step: Step, token: RunToken): void {
	recordFinalFailure(draft, token, {
		kind: 'unknown-outcome',
		code: 'unknown-outcome',
		message: `"${step.spec.title}" was interrupted and may or may not have taken effect.`,
		hint: 'Look at the place it acts on. If it did not happen, retry the step; if it did, skip it.',
	});
}

function staleRun(step: Step, { attempt, run }: RunToken): CoreError {
	const message = `Attempt ${attempt}, run ${run} of step "${step.spec.id}" is not wanted: the step is ${step.phase.status} at attempt ${step.attempts}.`;
	return new CoreError('stale-outcome', message, {
		hint: 'Drop this outcome; a newer run holds, or the task has ended.',
	});
}
