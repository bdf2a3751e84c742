import { CoreError } from '../../errors.ts';
import type { Json } from '../../json.ts';
import type { TaskCommandOf } from '../commands.ts';
import { type Draft, record, recordQuestion } from '../draft.ts';
import { taskFact } from '../facts.ts';
import { failTask } from '../fail-task.ts';
import { type Question, secretReference } from '../question.ts';
import { isRunnable } from '../readiness.ts';
import type { Task } from '../state.ts';
import { knownStep } from './run.ts';

/** Longest answer, in characters; longer material belongs in a file. */
const MAX_ANSWER_CHARACTERS = 20_000;

/** requestApproval asks before a tainted step acts on the world; the approval is for exactly this effect. */
export function requestApproval(draft: Draft, task: Task, command: TaskCommandOf<'RequestApproval'>): void {
	const step = knownStep(task, command.stepId);
	if (!isRunnable(task, step, draft.at) || step.approvedEffect === command.effect.hash) return;
	const { stepId, effect } = command;
	const text = `"${step.spec.title}" would act on content from outside: ${effect.summary}. Allow it?`;
	recordQuestion(draft, { kind: 'approval', purpose: 'effect', text, stepId, effect });
}

/** answerQuestion records the first valid answer; the same answer again changes nothing, another one is refused. */
export function answerQuestion(draft: Draft, task: Task, command: TaskCommandOf<'AnswerQuestion'>): void {
	const { questionId, by } = command;
	const asked = Object.hasOwn(task.questions, questionId) ? task.questions[questionId] : undefined;
	if (asked === undefined) {
		throw new CoreError('unknown-question', `Task ${task.id} has no question "${questionId}".`, {
			hint: 'Look at the task for its open questions.',
		});
	}
	if (asked.status === 'answered' && JSON.stringify(asked.answer) === JSON.stringify(command.answer)) return;
	if (asked.status !== 'open') {
		throw new CoreError('not-possible', `Question "${questionId}" was already ${asked.status}.`, {
			hint: 'Nothing to do: the first valid answer holds.',
		});
	}
	const answer = validAnswer(task, asked.question, command.answer);
	record(draft, taskFact('QuestionAnswered', { questionId, answer, by }));
	applyAnswer(draft, task, asked.question, answer === 'approve', by);
}

/** What an approval or a refusal leads to, by what was asked for. */
function applyAnswer(draft: Draft, task: Task, question: Question, approved: boolean, by: string): void {
	switch (question.purpose) {
		case 'goal':
		case 'step':
			return;
		case 'plan':
			if (!approved) record(draft, taskFact('TaskCancelled', { by, reason: 'The plan was refused.' }));
			return;
		case 'budget':
			if (!approved) return recordOverBudget(draft, question);
			// Nothing of the task's own stands in the way of another try.
			if (question.budget === 'day') return;
			return record(draft, taskFact('BudgetRaised', { budget: doubled(task) }));
		case 'effect': {
			if (approved || question.stepId === undefined) return;
			const failure = {
				kind: 'permanent',
				code: 'refused',
				message: 'The person did not allow it.',
				hint: 'Retry the step to be asked again, or edit the plan.',
			} as const;
			return record(draft, taskFact('StepDeadLettered', { stepId: question.stepId, failure }));
		}
	}
}

function recordOverBudget(draft: Draft, { budget }: Question): void {
	const [message, hint] =
		budget === 'day'
			? [
					'The budget of the day was used up.',
					'Retry the task to go on from here, after 00:00 UTC or with a larger budget.',
				]
			: [
					'The budget was used up and was not raised.',
					'Retry the task to go on from here, or submit it with a larger budget.',
				];
	failTask(draft, { code: 'over-budget', message, hint });
}

function doubled({ budget }: Task) {
	return {
		maxRuns: budget.maxRuns * 2,
		maxMinutes: budget.maxMinutes * 2,
		maxTokens: budget.maxTokens * 2,
		maxMicroUsd: budget.maxMicroUsd * 2,
	};
}

function validAnswer({ person }: Task, question: Question, answer: Json): Json {
	switch (question.kind) {
		case 'approval':
			if (answer === 'approve' || answer === 'refuse') return answer;
			throw invalidAnswer('an approval is answered with "approve" or "refuse"');
		case 'choice':
			if (typeof answer === 'string' && (question.choices ?? []).includes(answer)) return answer;
			throw invalidAnswer(`the choices are ${(question.choices ?? []).map((choice) => `"${choice}"`).join(', ')}`);
		case 'text':
			if (typeof answer !== 'string' || answer.trim() === '') throw invalidAnswer('a text is expected');
			if (answer.length > MAX_ANSWER_CHARACTERS) throw invalidAnswer(`at most ${MAX_ANSWER_CHARACTERS} characters`);
			return answer;
		case 'secret':
			// The words themselves went to the vault; what arrives here is their reference, and never that of another person's.
			if (secretReference(answer)?.startsWith(`${person}/`)) return answer;
			throw invalidAnswer('a secret is stored before it is recorded');
	}
}

function invalidAnswer(rule: string): CoreError {
	return new CoreError('invalid-input', `The answer does not fit the question: ${rule}.`, {
		hint: 'Answer again; the question is still open.',
	});
}
