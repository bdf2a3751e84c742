import type { QuestionId } from '../../ids.ts';
import type { Json } from '../../json.ts';
import { dayBudgetBackAt } from '../day-budget.ts';
import type { FactOf } from '../facts.ts';
import type { Question } from '../question.ts';
import type { Task } from '../state.ts';
import { changeStep, withBusyTime } from './steps.ts';

/** questionAsked opens a question; a step that asked waits for its answers. */
export function questionAsked(task: Task, fact: FactOf<'QuestionAsked'>): Task {
	const question = withTime(fact);
	const questions = { ...task.questions, [question.id]: { question, status: 'open' as const } };
	const asking = { ...task, questions };
	if (question.stepId === undefined) return asking;
	return changeStep(withBusyTime(asking, question.stepId, fact.at), question.stepId, ({ phase }) => ({
		phase: {
			status: 'asking',
			questions: [...(phase.status === 'asking' ? phase.questions : []), question.id],
		},
	}));
}

/** Questions about the budget of a day were once asked without the time at which it comes back. */
function withTime({ at, data: { question } }: FactOf<'QuestionAsked'>): Question {
	const isTimeless = question.budget === 'day' && question.until === undefined;
	return isTimeless ? { ...question, until: dayBudgetBackAt(at) } : question;
}

/** questionAnswered closes a question; a step whose last open question it was can go on. */
export function questionAnswered(task: Task, fact: FactOf<'QuestionAnswered'>): Task {
	const { questionId, answer } = fact.data;
	const answered = closeQuestion(task, questionId, 'answered', answer);
	const question = answered.questions[questionId]?.question;
	if (question?.stepId === undefined) return answered;
	return changeStep(answered, question.stepId, (step) => {
		if (step.phase.status !== 'asking') return {};
		const stillOpen = step.phase.questions.some((id) => answered.questions[id]?.status === 'open');
		const approved = question.purpose === 'effect' && answer === 'approve' ? question.effect?.hash : undefined;
		return {
			...(stillOpen ? {} : { phase: { status: 'waiting' as const } }),
			...(approved === undefined ? {} : { approvedEffect: approved }),
		};
	});
}

/** closeQuestion ends a question, with its answer if there is one. */
export function closeQuestion(task: Task, id: QuestionId, status: 'answered' | 'withdrawn', answer?: Json): Task {
	const asked = Object.hasOwn(task.questions, id) ? task.questions[id] : undefined;
	if (asked === undefined) return task;
	const closed = { ...asked, status, ...(answer === undefined ? {} : { answer }) };
	return { ...task, questions: { ...task.questions, [id]: closed } };
}
