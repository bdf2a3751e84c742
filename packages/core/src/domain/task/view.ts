import type { ArtifactRef } from '../capability.ts';
import type { TaskError, TaskResult, Usage } from './facts.ts';
import { stepsGoingOn } from './frontier.ts';
import type { PlanStep } from './plan.ts';
import type { Question } from './question.ts';
import { isHeld, isReady } from './readiness.ts';
import { openQuestions, parentOf, type Step, stepOf, type Task } from './state.ts';

export type TaskStatus = 'planning' | 'running' | 'waiting' | 'done' | 'failed' | 'cancelled';
export type StepStatus =
	| 'waiting'
	| 'ready'
	| 'running'
	| 'asking'
	| 'retrying'
	| 'done'
	| 'failed'
	| 'dead-lettered'
	| 'skipped'
	| 'cancelled';

/** StepView is a step as the API, the page and the terminal show it. */
export interface StepView extends Omit<PlanStep, 'body' | 'repeat' | 'undo'> {
	readonly status: StepStatus;
	readonly attempts: number;
	/** Set on a child of a `forEach` step and on a step of a body: the step that it is a part of. */
	readonly parent?: string | undefined;
	readonly worker?: string | undefined;
	readonly startedAt?: number | undefined;
	readonly endedAt?: number | undefined;
	readonly error?: TaskError | undefined;
	/** A step that waits: until when, and for which event. */
	readonly until?: number | undefined;
	readonly event?: string | undefined;
	/** The artifact that holds a large output. */
	readonly output?: ArtifactRef | undefined;
}

/** TaskView is a task over HTTP (ARCHITECTURE.md section 8). Times are ms since 1970. */
export interface TaskView {
	readonly id: string;
	readonly goal: string;
	readonly status: TaskStatus;
	readonly reason?: 'question' | 'over-budget' | 'disk-full' | 'time' | 'event' | undefined;
	readonly plan: {
		readonly version: number;
		readonly by: string;
		readonly note?: string | undefined;
		readonly steps: readonly StepView[];
	};
	readonly questions: readonly Question[];
	readonly result?: TaskResult | undefined;
	readonly error?: TaskError | undefined;
	readonly cost: Usage;
	readonly createdAt: number;
	readonly endedAt?: number | undefined;
	/** Sequence number of the last fact this view includes. */
	readonly seq: number;
}

/** viewTask shows a task the way callers see it. `storeFull` lays the store's condition over a task that is still open. */
export function viewTask(task: Task, condition: { readonly storeFull: boolean } = { storeFull: false }): TaskView {
	const questions = openQuestions(task);
	const { end } = task;
	return {
		id: task.id,
		goal: task.goal,
		...statusOf(task, condition.storeFull),
		plan: {
			version: task.planVersion,
			by: task.planBy,
			...(task.planNote === undefined ? {} : { note: task.planNote }),
			steps: Object.values(task.steps).flatMap((step) => (step.implicit === true ? [] : [viewStep(task, step)])),
		},
		questions,
		...(end?.status === 'done' ? { result: end.result } : {}),
		...(end?.status === 'failed' ? { error: end.error } : {}),
		cost: task.usage,
		createdAt: task.createdAt,
		...(end === undefined ? {} : { endedAt: end.at }),
		seq: task.seq,
	};
}

/** statusOf is the one word for how a task stands, with the reason while it waits. */
export function statusOf(task: Task, storeFull: boolean): Pick<TaskView, 'status' | 'reason'> {
	if (task.end !== undefined) return { status: task.end.status };
	if (storeFull) return { status: 'waiting', reason: 'disk-full' };
	const questions = openQuestions(task);
	if (questions.some((question) => question.purpose === 'budget')) return { status: 'waiting', reason: 'over-budget' };
	const held = isHeld(task);
	const busy = stepsGoingOn(task).some((step) => step.phase.status === 'running' || (!held && isReady(task, step)));
	if (questions.length > 0 && !busy) return { status: 'waiting', reason: 'question' };
	const reason = busy ? undefined : waitsFor(task);
	if (reason !== undefined) return { status: 'waiting', reason };
	return { status: task.planVersion === 0 ? 'planning' : 'running' };
}

function viewStep(task: Task, step: Step): StepView {
	const { sessions: _sessions, body: _body, repeat: _repeat, undo: _undo, ...spec } = step.spec;
	const parent = parentOf(step);
	const origins = originsOfPlan(task, step);
	return {
		...spec,
		...(origins.length === 0 ? {} : { origins }),
		status: stepStatus(task, step),
		attempts: step.attempts,
		...(parent === undefined ? {} : { parent }),
		...(step.worker === undefined ? {} : { worker: step.worker }),
		...(step.startedAt === undefined ? {} : { startedAt: step.startedAt }),
		...('endedAt' in step.phase ? { endedAt: step.phase.endedAt } : {}),
		...errorOf(step),
		...waitOf(step),
		...(step.phase.status === 'done' && step.phase.output.kind === 'artifact'
			? { output: step.phase.output.artifact }
			: {}),
	};
}

/** Where a step comes from that the person, or who planned for them, did not think of. */
function originsOfPlan(task: Task, { spec, addedBy }: Step): readonly string[] {
	const adder = addedBy === undefined ? undefined : stepOf(task, addedBy);
	return [...new Set([...(task.origins ?? []), ...(spec.origins ?? []), ...(adder?.origins ?? [])])];
}

function stepStatus(task: Task, step: Step): StepStatus {
	switch (step.phase.status) {
		case 'waiting':
			return task.end === undefined && !isHeld(task) && isReady(task, step) ? 'ready' : 'waiting';
		case 'expanded':
		case 'unfolded':
			return 'running';
		case 'suspended':
			return 'waiting';
		case 'joined':
			return 'done';
		default:
			return step.phase.status;
	}
}

function errorOf({ phase }: Step): Pick<StepView, 'error'> {
	if (phase.status === 'skipped') return { error: { code: 'skipped', message: phase.reason, hint: '' } };
	if (phase.status !== 'dead-lettered' && phase.status !== 'retrying') return {};
	const { code, message, hint = 'Retry the step, or skip it.' } = phase.failure;
	return { error: { code, message, hint } };
}

/** What a task waits for while nothing else goes on: an event, or else a time. */
function waitsFor(task: Task): 'time' | 'event' | undefined {
	let reason: 'time' | 'event' | undefined;
	for (const { phase } of stepsGoingOn(task)) {
		if (phase.status === 'retrying') return undefined;
		if (phase.status === 'suspended' && phase.event !== undefined) reason = 'event';
		else if (phase.status === 'suspended' || (phase.status === 'unfolded' && phase.resumeAt !== undefined))
			reason ??= 'time';
	}
	return reason;
}

function waitOf({ phase }: Step): Pick<StepView, 'until' | 'event'> {
	if (phase.status === 'unfolded') return phase.resumeAt === undefined ? {} : { until: phase.resumeAt };
	if (phase.status !== 'suspended') return {};
	const { until, event } = phase;
	return { ...(until === undefined ? {} : { until }), ...(event === undefined ? {} : { event }) };
}
