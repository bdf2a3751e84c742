import { CoreError } from '../errors.ts';
import type { TaskCommand } from './commands.ts';
import { recordConsequences } from './consequences.ts';
import { deliverEvent } from './decisions/event.ts';
import { editPlan } from './decisions/plan-edit.ts';
import { answerDirectly, askAboutGoal, failPlanning, proposePlan, submitTask } from './decisions/planning.ts';
import { answerQuestion, requestApproval } from './decisions/question.ts';
import { askQuestions, awaitEvent, completeStep, failStep, loseStep, startStep } from './decisions/run.ts';
import {
	cancelTask,
	checkDeadline,
	followTask,
	retryStep,
	retryTask,
	skipStep,
	unfollowTask,
} from './decisions/steering.ts';
import { type Draft, draftFor, record } from './draft.ts';
import { type RecordedTaskFact, taskFact } from './facts.ts';
import type { Task, TaskState } from './state.ts';

/** Decision is what a command leads to: facts in order and the state after them, or a refusal that changes nothing. */
export type Decision =
	| { readonly ok: true; readonly facts: readonly RecordedTaskFact[]; readonly state: TaskState }
	| { readonly ok: false; readonly error: CoreError };

/**
 * decide says which facts a command may add to a task. It is pure: the same state and command give the same facts. A
 * command that repeats what is already so gives no facts and no error.
 */
export function decide(state: TaskState, command: TaskCommand): Decision {
	const draft = draftFor(state, command.at);
	try {
		if (command.type === 'SubmitTask') submitTask(draft, command);
		else if (state === undefined) throw unknownTask();
		else {
			recordUsage(draft, state, command);
			if (state.end === undefined || draft.facts.length === 0) change(draft, state, command);
		}
		if (hasConsequences(command, draft)) recordConsequences(draft);
	} catch (error) {
		if (error instanceof CoreError) return { ok: false, error };
		throw error;
	}
	return { ok: true, facts: draft.facts, state: draft.task };
}

/** What did not end in a completed step has cost something all the same; so has what comes too late to count for more. */
function recordUsage(draft: Draft, task: Task, command: TaskCommand): void {
	if (!('usage' in command) || command.usage === undefined) return;
	if (command.type === 'CompleteStep' && task.end === undefined) return;
	const { usage } = command;
	record(draft, taskFact('UsageRecorded', 'stepId' in command ? { usage, stepId: command.stepId } : { usage }));
}

function change(draft: Draft, task: Task, command: Exclude<TaskCommand, { type: 'SubmitTask' }>): void {
	switch (command.type) {
		case 'ProposePlan':
			return proposePlan(draft, task, command);
		case 'AnswerDirectly':
			return answerDirectly(draft, task, command);
		case 'AskAboutGoal':
			return askAboutGoal(draft, task, command);
		case 'FailPlanning':
			return failPlanning(draft, task, command);
		case 'StartStep':
			return startStep(draft, task, command);
		case 'CompleteStep':
			return completeStep(draft, task, command);
		case 'FailStep':
			return failStep(draft, task, command);
		case 'LoseStep':
			return loseStep(draft, task, command);
		case 'AskQuestions':
			return askQuestions(draft, task, command);
		case 'AwaitEvent':
			return awaitEvent(draft, task, command);
		case 'RequestApproval':
			return requestApproval(draft, task, command);
		case 'AnswerQuestion':
			return answerQuestion(draft, task, command);
		case 'EditPlan':
			return editPlan(draft, task, command);
		case 'SkipStep':
			return skipStep(draft, task, command);
		case 'RetryStep':
			return retryStep(draft, task, command);
		case 'CancelTask':
			return cancelTask(draft, task, command);
		case 'RetryTask':
			return retryTask(draft, task);
		case 'DeliverEvent':
			return deliverEvent(draft, task, command);
		case 'PassTime':
			// What is due follows by rule.
			return;
		case 'CheckDeadline':
			return checkDeadline(draft, task);
		case 'FollowTask':
			return followTask(draft, task, command);
		case 'UnfollowTask':
			return unfollowTask(draft, task, command);
		case 'HandOverReport':
			if (task.reports.some((report) => report.seq === command.report)) {
				record(draft, taskFact('ReportHandedOver', { report: command.report }));
			}
			return;
		case 'CloseSessions':
			if (task.end !== undefined && task.sessionsUsed) record(draft, taskFact('SessionsClosed', {}));
			return;
	}
}

function hasConsequences(command: TaskCommand, draft: Draft): boolean {
	if (command.type === 'PassTime') return draft.task !== undefined && draft.task.end === undefined;
	return draft.facts.length > 0 && !isBookkeeping(command, draft);
}

/** Commands that only note a start, a delivery or a clean-up have no consequences for steps. */
function isBookkeeping(command: TaskCommand, { facts }: Draft): boolean {
	switch (command.type) {
		case 'StartStep':
			// A second start of what acts on the world ends its step instead.
			return facts.every(({ type }) => type === 'StepStarted');
		case 'HandOverReport':
		case 'CloseSessions':
		case 'FollowTask':
		case 'UnfollowTask':
			return true;
		default:
			return false;
	}
}

function unknownTask(): CoreError {
	return new CoreError('unknown-task', 'There is no such task.', { hint: 'Check the id, or list your tasks.' });
}
