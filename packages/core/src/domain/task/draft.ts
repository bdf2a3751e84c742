import { asQuestionId } from '../ids.ts';
import { evolve } from './evolve.ts';
import { type RecordedTaskFact, type TaskFact, taskFact } from './facts.ts';
import type { Question } from './question.ts';
import type { Task, TaskState } from './state.ts';

/** Draft is a decision in the making: the facts so far, and the state they lead to. */
export interface Draft {
	task: TaskState;
	readonly facts: RecordedTaskFact[];
	readonly at: number;
}

/** draftFor starts a decision on a state; `at` never falls below the last fact's. */
export function draftFor(state: TaskState, at: number): Draft {
	return { task: state, facts: [], at: Math.max(at, state?.at ?? 0) };
}

/** record adds a fact to a draft and folds it in. */
export function record(draft: Draft, fact: TaskFact): void {
	const recorded: RecordedTaskFact = { ...fact, seq: (draft.task?.seq ?? 0) + 1, at: draft.at };
	draft.facts.push(recorded);
	draft.task = evolve(draft.task, recorded);
}

/** recordQuestion asks the person; a question's id comes from the number of its fact. */
export function recordQuestion(draft: Draft, question: Omit<Question, 'id'>): void {
	const id = asQuestionId(`q${(draft.task?.seq ?? 0) + 1}`);
	record(draft, taskFact('QuestionAsked', { question: { ...question, id } }));
}

/** drafted is the state of a draft whose task exists. */
export function drafted(draft: Draft): Task {
	if (draft.task === undefined)
		throw new TypeError('A decision on a task that was never submitted got past its guard.');
	return draft.task;
}
