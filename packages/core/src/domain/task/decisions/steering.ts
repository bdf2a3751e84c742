import { CoreError } from '../../errors.ts';
import type { StepId } from '../../ids.ts';
import type { TaskCommandOf } from '../commands.ts';
import { type Draft, record } from '../draft.ts';
import { taskFact } from '../facts.ts';
import { failTask } from '../fail-task.ts';
import { LOOP_BOUND } from '../flow-rules.ts';
import { ancestorsOf, hasEnded, parentOf, type Step, stepOf, type Task } from '../state.ts';
import { dependenciesOf } from '../step-references.ts';
import { knownStep } from './run.ts';

/** cancelTask ends a task at the person's word; cancelling an ended one changes nothing. */
export function cancelTask(draft: Draft, task: Task, { by, reason }: TaskCommandOf<'CancelTask'>): void {
	if (task.end === undefined) record(draft, taskFact('TaskCancelled', { by, reason }));
}

/** checkDeadline fails a task whose deadline has passed. */
export function checkDeadline(draft: Draft, task: Task): void {
	if (task.end !== undefined || task.undoing !== undefined) return;
	if (task.deadline === undefined || draft.at < task.deadline) return;
	const message = `The deadline (${new Date(task.deadline).toISOString()}) passed before the task was done.`;
	const hint = 'Retry the task: finished steps are kept.';
	failTask(draft, { code: 'deadline-passed', message, hint });
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
	refuseWhileUndoing(task, step);
	if (task.end !== undefined || ancestorsOf(task, step).some(hasEnded)) reopen(draft, task, [step]);
	for (const question of step.phase.status === 'asking' ? step.phase.questions : []) {
		record(draft, taskFact('QuestionWithdrawn', { questionId: question, reason: 'The step was skipped.' }));
	}
	record(draft, taskFact('StepSkipped', { stepId, cause: 'person', reason: 'the person left it out' }));
}

/** retryStep runs a step again that gave up, or ends its wait for the next attempt; what depends on it runs again too. */
export function retryStep(draft: Draft, task: Task, { stepId }: TaskCommandOf<'RetryStep'>): void {
	const step = knownStep(task, stepId);
	refuseWhileUndoing(task, step);
	switch (step.phase.status) {
		case 'retrying':
			return record(draft, taskFact('StepReopened', { stepId, keepItems: true }));
		case 'dead-lettered':
		case 'skipped':
		case 'cancelled':
			if (!isCurrent(task, step)) throw overRound(step);
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
	const broken = Object.values(task.steps).filter((step) => isBroken(step) && isCurrent(task, step));
	if (task.end.status === 'done' && broken.length === 0) {
		throw new CoreError('not-possible', `Task ${task.id} is done and no step of it failed.`, {
			hint: 'Submit the goal again to have it done afresh.',
		});
	}
	reopen(draft, task, broken);
}

function isBroken({ phase, undoes }: Step): boolean {
	if (undoes !== undefined) return false;
	if (phase.status === 'skipped') return phase.cause === 'missing-input';
	return phase.status === 'dead-lettered' || phase.status === 'cancelled';
}

/** Whether a step is none of a loop's earlier round. */
function isCurrent(task: Task, step: Step): boolean {
	return [step, ...ancestorsOf(task, step)].every(({ within }) => {
		const round = within === undefined ? undefined : stepOf(task, within.group)?.round;
		return round === undefined || within?.round === round;
	});
}

/**
 * Reopens the task if it has ended, the given steps with what failed inside them, the steps that those are a part of, what was
 * taken back, and all that depends on any of them.
 */
function reopen(draft: Draft, task: Task, broken: readonly Step[]): void {
	const wanted = new Set([...broken, ...undone(task)]);
	if (task.end !== undefined) {
		record(draft, taskFact('TaskReopened', { by: task.person }));
		for (const step of Object.values(task.steps)) if (isCancelled(step) && isCurrent(task, step)) wanted.add(step);
	}
	const own = new Set<Step>();
	for (const step of wanted) for (const one of [...ancestorsOf(task, step).reverse(), step]) own.add(one);
	const inside = brokenInside(task, own);
	const kept = new Set([...own, ...inside].map(({ spec }) => spec.id));
	const anew = new Set(dependents(task, new Set([...own].map(({ spec }) => spec.id))).filter((id) => !kept.has(id)));
	// A loop at its bound begins anew; what is made anew takes what is inside it along.
	for (const step of [...own, ...inside]) if (isAtBound(step)) anew.add(step.spec.id);
	const isGone = (step: Step | undefined) =>
		step !== undefined && ancestorsOf(task, step).some(({ spec }) => anew.has(spec.id));
	for (const stepId of new Set([...kept, ...anew])) {
		if (isGone(stepOf(task, stepId))) continue;
		record(draft, taskFact('StepReopened', { stepId, keepItems: !anew.has(stepId) }));
	}
}

function isCancelled({ phase, undoes }: Step): boolean {
	return phase.status === 'cancelled' && undoes === undefined;
}

function isAtBound({ phase }: Step): boolean {
	return phase.status === 'dead-lettered' && phase.failure.code === LOOP_BOUND;
}

/** Steps whose work was taken back: they are to be done again. */
function undone(task: Task): Step[] {
	if (task.undoing === undefined || task.end === undefined) return [];
	return Object.values(task.steps).flatMap(({ undoes, phase }) => {
		const step = undoes === undefined || phase.status !== 'done' ? undefined : stepOf(task, undoes);
		return step === undefined ? [] : [step];
	});
}

/** What failed or was stopped inside these steps, of all depths. */
function brokenInside(task: Task, owners: ReadonlySet<Step>): Step[] {
	const open = new Set([...owners].map(({ spec }) => spec.id));
	const found: Step[] = [];
	// What is inside a step comes after it.
	for (const step of Object.values(task.steps)) {
		const parent = parentOf(step);
		if (parent === undefined || !open.has(parent) || !isBroken(step) || !isCurrent(task, step)) continue;
		open.add(step.spec.id);
		if (!owners.has(step)) found.push(step);
	}
	return found;
}

/** Steps that need the output of one of these, directly or not, and were not waiting anyway. */
function dependents(task: Task, roots: ReadonlySet<StepId>): StepId[] {
	const found = new Set<StepId>();
	let grew = true;
	while (grew) {
		grew = false;
		for (const { spec, phase, item, undoes } of Object.values(task.steps)) {
			if (item !== undefined || undoes !== undefined || phase.status === 'waiting' || found.has(spec.id)) continue;
			if (!dependenciesOf(spec).some((id) => found.has(id) || roots.has(id))) continue;
			found.add(spec.id);
			grew = true;
		}
	}
	return [...found];
}

function refuseWhileUndoing(task: Task, step: Step): void {
	if (task.undoing === undefined || task.end !== undefined || step.undoes !== undefined) return;
	throw new CoreError('not-possible', `Task ${task.id} has failed; what was done is being taken back.`, {
		hint: 'Wait until that is over, then retry the task; or cancel it.',
	});
}

function overRound({ spec, within }: Step): CoreError {
	return new CoreError('not-possible', `Step "${spec.id}" is of a round of "${within?.group ?? ''}" that is over.`, {
		hint: 'Retry the loop itself, or a step of its last round.',
	});
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
