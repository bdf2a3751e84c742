import type { StepId } from '../../ids.ts';
import { conditionPaths } from '../condition.ts';
import { FLOW } from '../flow.ts';
import { carryFrontier } from '../frontier.ts';
import { inputOrigins, originsOf } from '../input-origins.ts';
import type { PlannedStep } from '../plan.ts';
import { elementAt, parseReference } from '../references.ts';
import { type Names, rewriteJson, rewriteStep, rewriteWhen } from '../rewrite-step.ts';
import { hasEnded, innerStepId, innerSteps, parentOf, type Step, type StepPhase, stepOf, type Task } from '../state.ts';
import { elementName, PREVIOUS, usesPrevious } from '../step-references.ts';
import { closeQuestion } from './questions.ts';
import { changeStep, countedOn, newStep } from './steps.ts';

/** stepUnfolded puts the steps of a body into the task; of a loop, rounds that nobody looks at any more go. */
export function stepUnfolded(task: Task, id: StepId, round: number, at: number): Task {
	const owner = stepOf(task, id);
	const { body } = owner?.spec ?? {};
	if (owner === undefined || body === undefined) return task;
	const names = bodyNames(task, owner, round);
	const within = { group: id, round };
	// What the time before gave decided that there is another.
	const origins = round === 1 ? owner.origins : originsInside(task, owner);
	const inherited = { origins, addedBy: owner.addedBy, within, ...countedOn(owner) };
	const old = oldRounds(task, owner, round);
	const steps: Record<StepId, Step> = { ...task.steps };
	for (const { spec } of old) delete steps[spec.id];
	const unfolded: Step = {
		...owner,
		...pruned(owner, old),
		origins,
		phase: { status: 'unfolded', round },
		round,
		startedAt: owner.startedAt ?? at,
	};
	const added: Step[] = [];
	if (usesPrevious(owner.spec)) {
		const previous = previousStep(task, owner, round);
		added.push({ ...previous, ...inherited, implicit: true });
	}
	for (const spec of body.steps) {
		const inner = innerStepId(owner.spec, round, spec.id);
		added.push(newStep({ ...rewriteStep(spec, names), id: inner }, inherited));
	}
	steps[id] = unfolded;
	for (const step of added) steps[step.spec.id] = step;
	if (old.length === 0) carryFrontier(task.steps, steps, { before: owner, after: unfolded, added });
	return { ...task, steps };
}

/** bodyNames says what the names in the steps of a body stand for, in one round. */
export function bodyNames(task: Task, owner: Step, round: number): Names {
	const names = new Map(elementNames(task, owner));
	for (const { id } of owner.spec.body?.steps ?? []) names.set(id, innerStepId(owner.spec, round, id));
	if (owner.spec.repeat !== undefined) names.set(PREVIOUS, innerStepId(owner.spec, round, PREVIOUS));
	return names;
}

/** elementNames says where the element stands that a child of a list handles; nothing for other steps. */
export function elementNames(task: Task, { item }: Step): Names {
	const parent = item === undefined ? undefined : stepOf(task, item.parent);
	const { forEach } = parent?.spec ?? {};
	if (item === undefined || forEach === undefined) return new Map();
	return new Map([[elementName({ forEach }), elementAt(forEach.$from, item.index)]]);
}

/** stepGathered ends a group or a loop: what its body gives is its own output, and its origins are those of all inside. */
export function stepGathered(task: Task, id: StepId, at: number, seq: number): Task {
	const owner = stepOf(task, id);
	if (owner === undefined) return task;
	const doneSeq = owner.spec.undo === undefined ? {} : { doneSeq: seq };
	return changeStep(task, id, () => ({
		phase: givenPhase(task, owner, at),
		origins: originsInside(task, owner),
		...doneSeq,
	}));
}

/** The origins of all that a body, or the last time round a loop, gave or left out, and of what its end depended on. */
function originsInside(task: Task, owner: Step): string[] {
	const origins = new Set(inputOrigins(task, owner));
	const { repeat } = owner.spec;
	const paths =
		repeat === undefined ? [] : conditionPaths(rewriteWhen(repeat.until, bodyNames(task, owner, owner.round ?? 1)));
	const judged = paths.flatMap((path) => stepOf(task, parseReference(path).stepId) ?? []);
	for (const step of [...innerSteps(task, owner), ...judged])
		for (const origin of originsOf(task, step)) origins.add(origin);
	return [...origins];
}

/** cancelWithin ends what goes on inside steps that ended without it, and withdraws what it asked. */
export function cancelWithin(task: Task, ids: readonly StepId[], at: number): Task {
	const inside = new Set(ids);
	return cancel(task, at, (step) => {
		const parent = parentOf(step);
		if (parent === undefined || !inside.has(parent)) return false;
		inside.add(step.spec.id);
		return true;
	});
}

/** cancelAll ends everything that goes on, and withdraws what was asked. */
export function cancelAll(task: Task, at: number): Task {
	const stopped = cancel(task, at, () => true);
	return withdraw(stopped, () => true);
}

function cancel(task: Task, at: number, concerns: (step: Step) => boolean): Task {
	let steps: Record<StepId, Step> | undefined;
	const cancelled = new Set<StepId>();
	for (const step of Object.values(task.steps)) {
		if (!concerns(step) || hasEnded(step)) continue;
		cancelled.add(step.spec.id);
		steps ??= { ...task.steps };
		steps[step.spec.id] = { ...step, phase: { status: 'cancelled', endedAt: at } };
	}
	if (steps === undefined) return task;
	return withdraw({ ...task, steps }, (step) => step !== undefined && cancelled.has(step));
}

function withdraw(task: Task, concerns: (step: StepId | undefined) => boolean): Task {
	let closed = task;
	for (const { question, status } of Object.values(task.questions)) {
		if (status === 'open' && concerns(question.stepId)) closed = closeQuestion(closed, question.id, 'withdrawn');
	}
	return closed;
}

/** What a body gives: one output, or those of a list that one of its steps went over. */
function givenPhase(task: Task, { spec, round = 0 }: Step, at: number): StepPhase {
	const { gives } = spec.body ?? {};
	const source = gives === undefined ? undefined : stepOf(task, innerStepId(spec, round, gives));
	switch (source?.phase.status) {
		case 'done':
			return { ...source.phase, endedAt: at };
		case 'joined':
			return { ...source.phase, of: source.phase.of ?? source.spec.id, endedAt: at };
		default:
			return { status: 'done', output: { kind: 'value', value: null }, endedAt: at };
	}
}

/** What `previous` is in a round: worked out as planned for the first, given by the one before for the others. */
function previousStep(task: Task, owner: Step, round: number): Step {
	const { spec } = owner;
	const { retry, timeoutMs } = spec;
	const previous: PlannedStep = {
		id: innerStepId(spec, round, PREVIOUS),
		title: `Before round ${round} of ${spec.title}`,
		capability: FLOW.value,
		input: round === 1 ? rewriteJson(spec.repeat?.first ?? null, elementNames(task, owner)) : null,
		dependsOn: [],
		essential: true,
		retry,
		timeoutMs,
		effects: 'none',
	};
	const step = newStep(previous);
	if (round === 1) return step;
	return { ...step, phase: givenPhase(task, { ...owner, round: round - 1 }, task.at) };
}

/** The round before is kept for what refers to it; of older ones what can still be taken back, or failed. */
function oldRounds(task: Task, { spec }: Step, round: number): Step[] {
	if (spec.repeat === undefined || round <= 2 || (spec.body?.steps ?? []).some(canBeUndone)) return [];
	const old = new Set<StepId>();
	const found: Step[] = [];
	for (const step of Object.values(task.steps)) {
		const parent = parentOf(step);
		if (parent === undefined) continue;
		const isOld = parent === spec.id && step.within !== undefined && step.within.round < round - 1;
		if (!isOld && !old.has(parent)) continue;
		old.add(step.spec.id);
		if (step.phase.status !== 'dead-lettered') found.push(step);
	}
	return found;
}

/** Begun anew, a loop has rounds of the same numbers again. */
function pruned({ pruned: before = 0 }: Step, old: readonly Step[]): Partial<Step> {
	const most = Math.max(before, ...old.map(({ attempts, spent = 0 }) => Math.max(attempts, spent)));
	return most === 0 ? {} : { pruned: most };
}

function canBeUndone({ undo, body }: PlannedStep): boolean {
	return undo !== undefined || (body?.steps ?? []).some(canBeUndone);
}
