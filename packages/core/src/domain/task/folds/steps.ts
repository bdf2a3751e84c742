import { childStepId, type StepId } from '../../ids.ts';
import type { FactOf } from '../facts.ts';
import { carryFrontier } from '../frontier.ts';
import { inputOrigins } from '../input-origins.ts';
import type { PlannedStep } from '../plan.ts';
import { descendantsOf, type Step, type StepPhase, type Task } from '../state.ts';

/** newStep is a step that has not been looked at yet. */
export function newStep(spec: PlannedStep, inherited: Partial<Step> = {}): Step {
	return {
		spec,
		phase: { status: 'waiting' },
		attempts: 0,
		failures: 0,
		childDeaths: 0,
		serverDeaths: 0,
		origins: [],
		...inherited,
	};
}

/** changeStep replaces some of a step; an unknown step changes nothing. */
export function changeStep(task: Task, id: StepId, change: (step: Step) => Partial<Step>): Task {
	const step = Object.hasOwn(task.steps, id) ? task.steps[id] : undefined;
	if (step === undefined) return task;
	return withStep(task, step, { ...step, ...change(step) });
}

/** A task with one step changed, in its place. */
function withStep(task: Task, before: Step, after: Step): Task {
	const steps = { ...task.steps, [before.spec.id]: after };
	carryFrontier(task.steps, steps, { before, after });
	return { ...task, steps };
}

/** stepStarted counts a run and notes where it goes on. */
export function stepStarted(task: Task, fact: FactOf<'StepStarted'>, at: number): Task {
	const { stepId, attempt, run, worker } = fact.data;
	const step = Object.hasOwn(task.steps, stepId) ? task.steps[stepId] : undefined;
	if (step === undefined) return task;
	const phase: StepPhase = { status: 'running', run, worker, startedAt: at };
	const started: Step = { ...step, attempts: attempt, worker, startedAt: step.startedAt ?? at, phase };
	return {
		...withStep(task, step, started),
		runs: task.runs + 1,
		sessionsUsed: task.sessionsUsed || (step.spec.sessions?.length ?? 0) > 0,
	};
}

/** withBusyTime adds the time a run took, when it ends. */
export function withBusyTime(task: Task, id: StepId, at: number): Task {
	const phase = Object.hasOwn(task.steps, id) ? task.steps[id]?.phase : undefined;
	return phase?.status === 'running' ? { ...task, busyMs: task.busyMs + at - phase.startedAt } : task;
}

/** stepSuspended lets a step wait: a loop before its next round, any other for a time or an event. */
export function stepSuspended(task: Task, fact: FactOf<'StepSuspended'>, at: number): Task {
	const { stepId, until, event } = fact.data;
	return changeStep(task, stepId, (step) => {
		if (step.phase.status === 'unfolded') return { phase: { ...step.phase, resumeAt: until } };
		const waiting = { ...(until === undefined ? {} : { until }), ...(event === undefined ? {} : { event }) };
		return { phase: { status: 'suspended', ...waiting }, startedAt: step.startedAt ?? at };
	});
}

/** stepExpanded gives a `forEach` step a child for each item of its list. */
export function stepExpanded(task: Task, id: StepId, items: number): Task {
	const parent = Object.hasOwn(task.steps, id) ? task.steps[id] : undefined;
	if (parent === undefined) return task;
	const { forEach: _list, when: _condition, ...single } = parent.spec;
	const steps: Record<StepId, Step> = { ...task.steps, [id]: { ...parent, phase: { status: 'expanded', items } } };
	const inherited = { origins: parent.origins, addedBy: parent.addedBy, ...countedOn(parent) };
	for (let index = 0; index < items; index++) {
		const childId = childStepId(id, index);
		const spec: PlannedStep = { ...single, id: childId, title: `${single.title} (${index + 1} of ${items})` };
		steps[childId] = newStep(spec, { ...inherited, item: { parent: id, index } });
	}
	return { ...task, steps };
}

/** stepJoined ends a `forEach` step with its last child; its origins are those of all its children. */
export function stepJoined(task: Task, id: StepId, done: number, at: number): Task {
	return changeStep(task, id, (step) => {
		const items = step.phase.status === 'expanded' ? step.phase.items : done;
		const children = Array.from({ length: items }, (_, index) => task.steps[childStepId(id, index)]);
		// How many there are tells of the list, even where there are none.
		const origins = new Set(inputOrigins(task, step));
		for (const child of children) for (const origin of child?.origins ?? []) origins.add(origin);
		return { phase: { status: 'joined', items, done, endedAt: at }, origins: [...origins] };
	});
}

/** reopened lets a step run again; what is inside it stays, or is made anew. */
export function reopened(task: Task, id: StepId, keepItems: boolean): Task {
	const afresh = { failures: 0, childDeaths: 0, serverDeaths: 0, doneSeq: undefined };
	const inside = descendantsOf(task, id);
	if (keepItems && inside.length > 0)
		return changeStep(task, id, (step) => ({ ...afresh, phase: goingOn(step, inside) }));
	const steps: Record<string, Step> = { ...task.steps };
	for (const { spec } of inside) delete steps[spec.id];
	const emptied = inside.length === 0 ? task : { ...task, steps };
	return changeStep(emptied, id, (step) => ({
		...afresh,
		phase: { status: 'waiting' },
		round: undefined,
		...spentIn(step, inside),
	}));
}

/** countedOn lets a step that comes into another count its attempts on from those that were there before. */
export function countedOn({ spent }: Step): Partial<Step> {
	return spent === undefined ? {} : { attempts: spent, spent, undoSpent: spent };
}

/** spentIn remembers the attempts of steps that go out of another. */
export function spentIn({ spent = 0, pruned = 0 }: Step, gone: readonly Step[]): Partial<Step> {
	const all = gone.flatMap((step) => [step.attempts, step.spent ?? 0, step.pruned ?? 0, step.undoSpent ?? 0]);
	const most = Math.max(spent, pruned, ...all);
	return most === 0 ? {} : { spent: most };
}

/** How a step stands that is reopened with what is inside it. */
function goingOn({ round, spec }: Step, inside: readonly Step[]): StepPhase {
	const items = inside.filter(({ item }) => item?.parent === spec.id).length;
	return round === undefined ? { status: 'expanded', items } : { status: 'unfolded', round };
}

/** planEdited applies an edit; approvals of effects are void, and what an output added is tainted like it. */
export function planEdited(task: Task, fact: FactOf<'PlanEdited'>): Task {
	const { version, by, added, updated, removed, from } = fact.data;
	const origins = from === undefined ? [] : (task.steps[from]?.origins ?? []);
	const kept = Object.entries(task.steps).filter(([id]) => !removed.includes(id as StepId));
	const steps: Record<string, Step> = Object.fromEntries(
		kept.map(([id, step]) => [id, { ...step, approvedEffect: undefined }]),
	);
	for (const spec of updated) {
		const step = steps[spec.id];
		if (step !== undefined) steps[spec.id] = { ...step, spec };
	}
	for (const spec of added) steps[spec.id] = newStep(spec, { origins, addedBy: from });
	return { ...task, planVersion: version, planBy: from === undefined ? by : task.planBy, steps };
}
