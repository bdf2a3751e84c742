import type { StepFailure } from '../capability.ts';
import type { ConversationId, QuestionId, StepId, TaskId } from '../ids.ts';
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
	| { readonly status: 'done'; readonly output: Output; readonly endedAt: number }
	| { readonly status: 'joined'; readonly items: number; readonly done: number; readonly endedAt: number }
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
	readonly end?: TaskEnd | undefined;
}

/** TaskState is a task, or `undefined` before its first fact. */
export type TaskState = Task | undefined;

/** stepOf finds a step; ids come from outside, so it may be missing. */
export function stepOf(task: Task, id: StepId): Step | undefined {
	return Object.hasOwn(task.steps, id) ? task.steps[id] : undefined;
}

/** plannedSteps lists the steps somebody planned, without the children of lists, in plan order. */
export function plannedSteps(task: Task): Step[] {
	return Object.values(task.steps).filter((step) => step.item === undefined);
}

/** childrenOf lists the steps a `forEach` step was expanded into, in the order of its list. */
export function childrenOf(task: Task, parent: StepId): Step[] {
	return Object.values(task.steps).filter((step) => step.item?.parent === parent);
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
