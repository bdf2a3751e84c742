import type { StepId } from '../ids.ts';
import type { FactOf, RecordedTaskFact } from './facts.ts';
import { eventReceived, eventTaken } from './folds/events.ts';
import { cancelAll, cancelWithin, stepGathered, stepUnfolded } from './folds/flow.ts';
import { closeQuestion, questionAnswered, questionAsked } from './folds/questions.ts';
import {
	changeStep,
	newStep,
	planEdited,
	reopened,
	stepExpanded,
	stepJoined,
	stepStarted,
	stepSuspended,
	withBusyTime,
} from './folds/steps.ts';
import { undoBegun, withoutUndo } from './folds/undo.ts';
import { type Report, type Step, stepOf, type Task, type TaskEnd, type TaskState } from './state.ts';
import { addUsage, NO_USAGE } from './usage.ts';

/** EVOLVE_VERSION keys snapshots: raise it whenever folding the same facts would give another state. */
export const EVOLVE_VERSION = 'task-9';

/**
 * evolve folds one fact into a task. It is total: any fact on any state gives a state, so a history can always be shown,
 * whatever wrote it. It reads no clock and imports nothing that a browser lacks; pages fold the same facts with it.
 */
export function evolve(state: TaskState, fact: RecordedTaskFact): TaskState {
	if (state === undefined) return fact.type === 'TaskSubmitted' ? submitted(fact) : undefined;
	if (fact.type === 'TaskSubmitted') return state;
	const at = Math.max(state.at, fact.at);
	return withReport({ ...apply(state, fact, at), seq: fact.seq, at }, fact);
}

function submitted(fact: FactOf<'TaskSubmitted'>): Task {
	const { taskId, ...request } = fact.data;
	return {
		id: taskId,
		...request,
		createdAt: fact.at,
		seq: fact.seq,
		at: fact.at,
		planVersion: 0,
		planBy: '',
		method: 'rules',
		planningAttempts: 0,
		steps: {},
		questions: {},
		reports: [],
		followers: [],
		usage: NO_USAGE,
		busyMs: 0,
		runs: 0,
		sessionsUsed: false,
	};
}

/** What a planner read counts like words of strangers in the goal. */
function tainted(task: Task, origins: readonly string[] = []): Task {
	return origins.length === 0 ? task : { ...task, origins: [...new Set([...(task.origins ?? []), ...origins])] };
}

function apply(task: Task, fact: Exclude<RecordedTaskFact, { type: 'TaskSubmitted' }>, at: number): Task {
	switch (fact.type) {
		case 'PlanProposed': {
			const { by, steps, note, method, origins } = fact.data;
			const planned = Object.fromEntries(steps.map((spec) => [spec.id, newStep(spec)]));
			return { ...tainted(task, origins), planVersion: 1, planBy: by, planNote: note, method, steps: planned };
		}
		case 'PlanningFailed':
			return { ...task, planningAttempts: task.planningAttempts + 1, planningRetryAt: fact.data.retryAt };
		case 'PlanEdited':
			return planEdited(task, fact);
		case 'StepExpanded':
			return stepExpanded(task, fact.data.stepId, fact.data.items);
		case 'StepStarted':
			return stepStarted(task, fact, at);
		case 'StepUnfolded':
			return stepUnfolded(task, fact.data.stepId, fact.data.round, at);
		case 'StepGathered':
			return stepGathered(task, fact.data.stepId, at, fact.seq);
		case 'StepSuspended':
			return stepSuspended(task, fact, at);
		case 'EventReceived':
			return eventReceived(task, fact);
		case 'EventTaken':
			return eventTaken(task, fact, at);
		case 'UndoBegun':
			return undoBegun(task, fact, at);
		case 'StepCompleted': {
			const { stepId, attempt, output, origins, usage } = fact.data;
			const done = changeStep(withBusyTime(task, stepId, at), stepId, (step) => ({
				phase: { status: 'done', output, endedAt: at },
				origins,
				// What no worker ran was not started before.
				...(attempt > step.attempts ? { attempts: attempt } : {}),
				...(step.spec.undo === undefined ? {} : { doneSeq: fact.seq }),
			}));
			if (usage === undefined) return done;
			return { ...done, usage: addUsage(done.usage, usage) };
		}
		case 'StepFailed': {
			const { stepId, failure, retryAt } = fact.data;
			const counts = failure.kind === 'retryable' || failure.kind === 'timed-out' ? 1 : 0;
			return changeStep(withBusyTime(task, stepId, at), stepId, (step) => ({
				failures: step.failures + counts,
				// Without a time for the next attempt a StepDeadLettered fact follows in the same append.
				phase: { status: 'retrying', retryAt: retryAt ?? Number.MAX_SAFE_INTEGER, failure },
			}));
		}
		case 'StepLost': {
			const { stepId, cause } = fact.data;
			return changeStep(withBusyTime(task, stepId, at), stepId, (step) => ({
				phase: { status: 'waiting' },
				childDeaths: step.childDeaths + (cause === 'child-died' ? 1 : 0),
				serverDeaths: step.serverDeaths + (cause === 'server-died' ? 1 : 0),
			}));
		}
		case 'StepDeadLettered': {
			const { stepId, failure } = fact.data;
			return endedAlone(task, stepId, { status: 'dead-lettered', failure, endedAt: at });
		}
		case 'StepSkipped': {
			const { stepId, cause, reason } = fact.data;
			return endedAlone(task, stepId, { status: 'skipped', cause, reason, endedAt: at });
		}
		case 'StepJoined':
			return stepJoined(task, fact.data.stepId, fact.data.done, at);
		case 'StepReopened':
			return reopened(task, fact.data.stepId, fact.data.keepItems);
		case 'QuestionAsked':
			return questionAsked(task, fact);
		case 'QuestionAnswered':
			return questionAnswered(task, fact);
		case 'QuestionWithdrawn':
			return closeQuestion(task, fact.data.questionId, 'withdrawn');
		case 'UsageRecorded':
			return { ...task, usage: addUsage(task.usage, fact.data.usage) };
		case 'BudgetRaised':
			return { ...task, budget: fact.data.budget };
		case 'TaskCancelled':
			return ended(task, { status: 'cancelled', ...fact.data, at });
		case 'TaskCompleted': {
			const { by, result, origins } = fact.data;
			return ended({ ...tainted(task, origins), planBy: by ?? task.planBy }, { status: 'done', result, at });
		}
		case 'TaskFailed':
			return ended(task, { status: 'failed', error: fact.data.error, at });
		case 'TaskReopened':
			// What was kept of its sessions for this must go when it ends, whether a step uses them again or not.
			return {
				...withoutUndo(task),
				sessionsUsed: hadSessions(task),
				end: undefined,
				planningAttempts: 0,
				planningRetryAt: undefined,
			};
		case 'TaskFollowed':
			return { ...task, followers: [...task.followers, fact.data.conversation] };
		case 'TaskUnfollowed':
			return { ...task, followers: task.followers.filter((one) => one !== fact.data.conversation) };
		case 'ReportHandedOver':
			return { ...task, reports: task.reports.filter((report) => report.seq !== fact.data.report) };
		case 'SessionsClosed':
			return { ...task, sessionsUsed: false };
		default:
			// A fact of a later release: it must not keep this one from showing the rest.
			return task;
	}
}

/** A step ends without what is inside it, which is stopped. */
function endedAlone(task: Task, id: StepId, phase: Step['phase'] & { readonly endedAt: number }): Task {
	const before = stepOf(task, id)?.phase.status;
	const ended = changeStep(task, id, () => ({ phase }));
	return before === 'unfolded' || before === 'expanded' ? cancelWithin(ended, [id], phase.endedAt) : ended;
}

/** What had not ended when the task did is cancelled with it, and open questions fall away. */
function ended(task: Task, end: TaskEnd): Task {
	return { ...cancelAll(task, end.at), end };
}

/**
 * A task owes word of its plan, its questions and its end to those who are told about it, and of what it found to the memory; how a run
 * of a workflow ended is counted, whoever is told.
 */
function withReport(task: Task, fact: RecordedTaskFact): Task {
	const isTold = task.conversation !== undefined || task.followers.length > 0 || task.announced === true;
	const isNoted = task.noted === true && fact.type === 'TaskCompleted';
	const about = reportAbout(fact);
	const isCounted = about?.kind === 'end' && RUN_OF_A_WORKFLOW.test(task.planBy);
	return about === undefined || !(isTold || isNoted || isCounted)
		? task
		: { ...task, reports: [...task.reports, { seq: fact.seq, about }] };
}

/** With its version: a trial has none. */
const RUN_OF_A_WORKFLOW = /^workflow:[^@]+@\d+$/;

function hadSessions({ sessionsUsed, steps }: Task): boolean {
	const used = ({ spec, startedAt }: Step) => startedAt !== undefined && (spec.sessions?.length ?? 0) > 0;
	return sessionsUsed || Object.values(steps).some(used);
}

function reportAbout(fact: RecordedTaskFact): Report['about'] | undefined {
	switch (fact.type) {
		case 'PlanProposed':
			return { kind: 'plan' };
		case 'QuestionAsked':
			return { kind: 'question', questionId: fact.data.question.id };
		case 'QuestionAnswered':
		case 'QuestionWithdrawn':
			return { kind: 'question-closed', questionId: fact.data.questionId };
		case 'TaskCompleted':
		case 'TaskFailed':
		case 'TaskCancelled':
			return { kind: 'end' };
		default:
			return undefined;
	}
}
