import type { StepFailure } from '../capability.ts';
import { asStepId, type ConversationId, type QuestionId, type StepId, type TaskId } from '../ids.ts';
import type { Json } from '../json.ts';
import type { Output, SkipCause, TaskError, TaskResult, Usage } from './facts.ts';
import type { PlannedStep } from './plan.ts';
import type { Question } from './question.ts';
import type { Submission } from './submission.ts';

/** StepPhase is where one step stands. `ready` is not stored: a waiting step whose dependencies have ended is ready. */
export type StepPhase =
	| { readonly status: 'waiting' }
	| { readonly status: 'running'; readonly run: number; readonly worker: string; readonly startedAt: number }
	| { readonly status: 'asking'; readonly questions: readonly QuestionId[] }
	| { readonly status: 'retrying'; readonly retryAt: number; readonly failure: StepFailure }
	| { readonly status: 'expanded'; readonly items: number }
	/** Its inner steps are in the task; a loop that pauses has the time of its next round. */
	| { readonly status: 'unfolded'; readonly round: number; readonly resumeAt?: number | undefined }
	/** It waits for a time, or for an event by its name. */
	| { readonly status: 'suspended'; readonly until?: number | undefined; readonly event?: string | undefined }
	| { readonly status: 'done'; readonly output: Output; readonly endedAt: number }
	/** Its output is a list: of its own children's outputs, or of those of the step it took over (`of`). */
	| {
			readonly status: 'joined';
			readonly items: number;
			readonly done: number;
			readonly endedAt: number;
			readonly of?: StepId | undefined;
	  }
	| { readonly status: 'dead-lettered'; readonly failure: StepFailure; readonly endedAt: number }
	| {
			readonly status: 'skipped';
			readonly cause: SkipCause;
			readonly reason: string;
			readonly endedAt: number;
	  }
	| { readonly status: 'cancelled'; readonly endedAt: number };

/** Step is a planned step with its history so far. */
export interface Step {
	readonly spec: PlannedStep;
	readonly phase: StepPhase;
	/** Attempts ever started; the next one is `attempts + 1`. */
	readonly attempts: number;
	/** Attempts that count against the retry policy. */
	readonly failures: number;
	/** Runs that died with their own handler child; three of them dead-letter the step. */
	readonly childDeaths: number;
	/** Runs in flight when the whole server died; after two the step runs alone. */
	readonly serverDeaths: number;
	readonly startedAt?: number | undefined;
	readonly worker?: string | undefined;
	readonly origins: readonly string[];
	/** Set on a child of a `forEach` step: which item of whose list it handles. */
	readonly item?: { readonly parent: StepId; readonly index: number } | undefined;
	/** Set on a step of a body: whose, and in which round of a loop (0 for a group's). */
	readonly within?: { readonly group: StepId; readonly round: number } | undefined;
	/** Of a `flow.group` or `flow.loop`: the last round that was unfolded. */
	readonly round?: number | undefined;
	/** Attempts of steps that were inside it and are gone: those that come into it next count on from there, so that no two runs have one name. */
	readonly spent?: number | undefined;
	/** The same of a loop's rounds that are out of sight, for when it begins anew. */
	readonly pruned?: number | undefined;
	/** The same of the step that took it back. */
	readonly undoSpent?: number | undefined;
	/** Nobody planned it: it holds what `previous` is in a round of a loop. */
	readonly implicit?: true | undefined;
	/** Of a step with an `undo`: the number of the fact by which it was done. */
	readonly doneSeq?: number | undefined;
	/** It takes back what this step did. */
	readonly undoes?: StepId | undefined;
	readonly approvedEffect?: string | undefined;
	/** The step whose output put it into the plan. */
	readonly addedBy?: StepId | undefined;
}

/** AskedQuestion is a question with its answer, once there is one. */
export interface AskedQuestion {
	readonly question: Question;
	readonly status: 'open' | 'answered' | 'withdrawn';
	readonly answer?: Json | undefined;
}

/** KeptEvent is an event that no step has taken yet; `seq` is its fact's number. */
export interface KeptEvent {
	readonly seq: number;
	readonly name: string;
	readonly data: Json;
	readonly origins: readonly string[];
}

/** Report is something the task owes its conversation: `seq` is the fact it tells of. */
export interface Report {
	readonly seq: number;
	readonly about:
		| { readonly kind: 'plan' }
		| { readonly kind: 'question'; readonly questionId: QuestionId }
		| { readonly kind: 'question-closed'; readonly questionId: QuestionId }
		| { readonly kind: 'end' };
}

/** TaskEnd is how a task stands once nothing more is to be run. */
export type TaskEnd =
	| { readonly status: 'done'; readonly result: TaskResult; readonly at: number }
	| { readonly status: 'failed'; readonly error: TaskError; readonly at: number }
	| { readonly status: 'cancelled'; readonly by: string; readonly reason: string; readonly at: number };

/** Task is the folded state of one task's facts. It is plain data, so that it can be kept as a snapshot. */
export interface Task extends Submission {
	readonly id: TaskId;
	readonly createdAt: number;
	/** Sequence number and time of the last fact folded in. */
	readonly seq: number;
	readonly at: number;
	readonly planVersion: number;
	readonly planBy: string;
	readonly planNote?: string | undefined;
	readonly method: 'model' | 'rules';
	readonly planningAttempts: number;
	readonly planningRetryAt?: number | undefined;
	/** Steps by id, in plan order; children of a `forEach` come after the planned ones. */
	readonly steps: Readonly<Record<StepId, Step>>;
	readonly questions: Readonly<Record<QuestionId, AskedQuestion>>;
	readonly reports: readonly Report[];
	/** Conversations that are told as well, in the order they asked. */
	readonly followers: readonly ConversationId[];
	readonly usage: Usage;
	/** Time that steps have run, ms, added up. */
	readonly busyMs: number;
	readonly runs: number;
	readonly sessionsUsed: boolean;
	/** Events that wait for a step to listen, oldest first. */
	readonly events?: readonly KeptEvent[] | undefined;
	/** Ids of the latest events that senders named. */
	readonly eventIds?: readonly string[] | undefined;
	/** It is about to fail with this error; what had been done is being taken back. */
	readonly undoing?: { readonly error: TaskError } | undefined;
	readonly end?: TaskEnd | undefined;
}

/** TaskState is a task, or `undefined` before its first fact. */
export type TaskState = Task | undefined;

/** stepOf finds a step; ids come from outside, so it may be missing. */
export function stepOf(task: Task, id: StepId): Step | undefined {
	return Object.hasOwn(task.steps, id) ? task.steps[id] : undefined;
}

/** plannedSteps lists the steps somebody planned as the task's own, without those inside others, in plan order. */
export function plannedSteps(task: Task): Step[] {
	return Object.values(task.steps).filter(isPlanned);
}

/** childrenOf lists the steps a `forEach` step was expanded into, in the order of its list. */
export function childrenOf(task: Task, parent: StepId): Step[] {
	return Object.values(task.steps).filter((step) => step.item?.parent === parent);
}

/** isPlanned tells a step of the plan itself from a child, a step inside another and one that takes a step back. */
export function isPlanned(step: Step): boolean {
	return step.item === undefined && step.within === undefined && step.undoes === undefined;
}

/** parentOf is the step that this one is a part of: of whose list, or in whose body. */
export function parentOf(step: Step): StepId | undefined {
	return step.item?.parent ?? step.within?.group;
}

/** ancestorsOf lists the steps that this one is a part of, the nearest first. */
export function ancestorsOf(task: Task, step: Step): Step[] {
	const ancestors: Step[] = [];
	for (let id = parentOf(step); id !== undefined; ) {
		const parent = stepOf(task, id);
		if (parent === undefined || ancestors.includes(parent)) break;
		ancestors.push(parent);
		id = parentOf(parent);
	}
	return ancestors;
}

/** descendantsOf lists the steps inside a step, of all depths, in the order of the task. */
export function descendantsOf(task: Task, id: StepId): Step[] {
	const inside = new Set<StepId>([id]);
	const found: Step[] = [];
	// What is inside a step comes after it.
	for (const step of Object.values(task.steps)) {
		const parent = parentOf(step);
		if (parent === undefined || !inside.has(parent)) continue;
		inside.add(step.spec.id);
		found.push(step);
	}
	return found;
}

/** innerSteps lists the steps of a group, or of a loop's last round, in the order of its body. */
export function innerSteps(task: Task, { spec, round }: Step): Step[] {
	if (round === undefined) return [];
	return (spec.body?.steps ?? []).flatMap(({ id }) => stepOf(task, innerStepId(spec, round, id)) ?? []);
}

/** innerStepId is the id in the task of a step of a body; `/` and `#` cannot occur in planned ids. */
export function innerStepId(owner: Pick<PlannedStep, 'id' | 'repeat'>, round: number, inner: StepId): StepId {
	return asStepId(owner.repeat === undefined ? `${owner.id}/${inner}` : `${owner.id}#${round}/${inner}`);
}

/** hasEnded tells whether nothing will change a step's phase any more, short of a retry or an edit. */
export function hasEnded(step: Step): boolean {
	switch (step.phase.status) {
		case 'done':
		case 'joined':
		case 'dead-lettered':
		case 'skipped':
		case 'cancelled':
			return true;
		default:
			return false;
	}
}

/** openQuestions lists what the person has been asked and not yet answered, oldest first. */
export function openQuestions(task: Task): Question[] {
	return Object.values(task.questions)
		.filter((asked) => asked.status === 'open')
		.map((asked) => asked.question);
}
