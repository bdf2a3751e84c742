import { CoreError } from '../../errors.ts';
import type { StepId } from '../../ids.ts';
import { dependenciesOf } from '../check-plan.ts';
import type { TaskCommandOf } from '../commands.ts';
import { type Draft, record } from '../draft.ts';
import { taskFact } from '../facts.ts';
import { childrenOf, hasEnded, plannedSteps, type Step, type Task } from '../state.ts';
import { knownStep } from './run.ts';

/** cancelTask ends a task at the person's word; cancelling an ended one changes nothing. */
export function cancelTask(draft: Draft, task: Task, { by, reason }: TaskCommandOf<'CancelTask'>): void {
	if (task.end === undefined) record(draft, taskFact('TaskCancelled', { by, reason }));
}

/** checkDeadline fails a task whose deadline has passed. */
export function checkDeadline(draft: Draft, task: Task): void {
	if (task.end !== undefined || task.deadline === undefined || draft.at < task.deadline) return;
	const message = `The deadline (${new Date(task.deadline).toISOString()}) passed before the task was done.`;
	const hint = 'Retry the task: finished steps are kept.';
	record(draft, taskFact('TaskFailed', { error: { code: 'deadline-passed', message, hint } }));
}

/** skipStep leaves out a step that has not ended. */
export function skipStep(draft: Draft, task: Task, { stepId }: TaskCommandOf<'SkipStep'>): void {
	const step = knownStep(task, stepId);
	if (step.phase.status === 'skipped') return;
	const gaveUp = step.phase.status === 'dead-lettered';
	if (hasEnded(step) && !gaveUp) {
		throw new CoreError('not-possible', `Step "${stepId}" is already ${step.phase.status}.`, {
			hint: 'Only a step that has not ended, or that gave up, can be skipped.',
		});
	}
	if (task.end !== undefined) reopen(draft, task, [step]);
	for (const question of step.phase.status === 'asking' ? step.phase.questions : []) {
		record(draft, taskFact('QuestionWithdrawn', { questionId: question, reason: 'The step was skipped.' }));
	}
	record(draft, taskFact('StepSkipped', { stepId, cause: 'person', reason: 'the person left it out' }));
}

/** retryStep runs a step again that gave up, or ends its wait for the next attempt; what depends on it runs again too. */
export function retryStep(draft: Draft, task: Task, { stepId }: TaskCommandOf<'RetryStep'>): void {
	const step = knownStep(task, stepId);
	switch (step.phase.status) {
		case 'retrying':
			return record(draft, taskFact('StepReopened', { stepId, keepItems: true }));
		case 'dead-lettered':
		case 'skipped':
		case 'cancelled':
			return reopen(draft, task, [step]);
		default:
			throw new CoreError('not-possible', `Step "${stepId}" is ${step.phase.status}; there is nothing to retry.`, {
				hint: 'Retry a step that failed, was skipped or was cancelled.',
			});
	}
}

/** retryTask replays an ended task from the point of failure; outputs of steps that were done are kept. */
export function retryTask(draft: Draft, task: Task): void {
	if (task.end === undefined) {
		throw new CoreError('not-possible', `Task ${task.id} is still going on.`, {
			hint: 'Wait for it, or cancel it first.',
		});
	}
	const broken = Object.values(task.steps).filter(isBroken);
	if (task.end.status === 'done' && broken.length === 0) {
		throw new CoreError('not-possible', `Task ${task.id} is done and no step of it failed.`, {
			hint: 'Submit the goal again to have it done afresh.',
		});
	}
	reopen(draft, task, broken);
}

function isBroken({ phase }: Step): boolean {
	if (phase.status === 'skipped') return phase.cause === 'missing-input';
	return phase.status === 'dead-lettered' || phase.status === 'cancelled';
}

/** Reopens the task if it has ended, the given steps, the parents of those that are items of a list, and all that depends on them. */
function reopen(draft: Draft, task: Task, broken: readonly Step[]): void {
	if (task.end !== undefined) record(draft, taskFact('TaskReopened', { by: task.person }));
	const wanted =
		task.end === undefined ? broken : [...new Set([...broken, ...Object.values(task.steps).filter(isCancelled)])];
	const own = new Set(
		wanted.flatMap((step) => (step.item === undefined ? [step.spec.id] : [step.item.parent, step.spec.id])),
	);
	const children = new Set([...own].flatMap((id) => failedChildren(task, id)));
	for (const stepId of [...own, ...children]) record(draft, taskFact('StepReopened', { stepId, keepItems: true }));
	for (const stepId of dependents(task, own)) {
		if (!own.has(stepId)) record(draft, taskFact('StepReopened', { stepId, keepItems: false }));
	}
}

function isCancelled({ phase }: Step): boolean {
	return phase.status === 'cancelled';
}

function failedChildren(task: Task, parent: StepId): StepId[] {
	return childrenOf(task, parent)
		.filter(isBroken)
		.map(({ spec }) => spec.id);
}

/** Planned steps that need the output of one of these, directly or not, and were not waiting anyway. */
function dependents(task: Task, roots: ReadonlySet<StepId>): StepId[] {
	const found = new Set<StepId>();
	let grew = true;
	while (grew) {
		grew = false;
		for (const { spec, phase } of plannedSteps(task)) {
			if (found.has(spec.id) || phase.status === 'waiting') continue;
			if (!dependenciesOf(spec).some((id) => found.has(id) || roots.has(id))) continue;
			found.add(spec.id);
			grew = true;
		}
	}
	return [...found];
}

/** Conversations told about one task, at most. */
const MAX_FOLLOWERS = 20;

/** followTask tells one more conversation; its own, or one that is told already, changes nothing. */
export function followTask(draft: Draft, task: Task, { conversation, by }: TaskCommandOf<'FollowTask'>): void {
	if (task.conversation === conversation || task.followers.includes(conversation)) return;
	if (task.followers.length >= MAX_FOLLOWERS) {
		throw new CoreError('not-possible', `${MAX_FOLLOWERS} conversations follow this task already.`, {
			hint: 'Write `/unfollow` in one of them.',
		});
	}
	record(draft, taskFact('TaskFollowed', { conversation, by }));
}

/** unfollowTask stops telling a conversation that asked to be told. */
export function unfollowTask(draft: Draft, task: Task, { conversation }: TaskCommandOf<'UnfollowTask'>): void {
	if (task.followers.includes(conversation)) record(draft, taskFact('TaskUnfollowed', { conversation }));
}
