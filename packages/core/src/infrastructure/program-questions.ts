import { CoreError } from '../domain/errors.ts';
import type { Json } from '../domain/json.ts';
import type { QuestionDraft } from '../domain/task/question.ts';

type Asked = Pick<QuestionDraft, 'text' | 'choices'> & { readonly kind: 'text' | 'choice' | 'approval' };

/** programQuestions are what a program asks as the person is asked it, who sees that it is not Errand that does; one that nobody could answer fails. */
export function programQuestions(program: string, asked: readonly Asked[]): readonly QuestionDraft[] {
	return asked.map((question) => {
		const text = question.text.trim();
		if (text === '') throw unanswerable(program, 'has no words');
		if (question.kind === 'choice' && question.choices === undefined) {
			throw unanswerable(program, `is a choice among nothing: ${JSON.stringify(text.slice(0, 200))}`);
		}
		return { ...question, text: `${opening(program)}${question.text}` };
	});
}

/** answersForProgram are the person's answers under the questions as the program asked them. */
export function answersForProgram(
	program: string,
	answers: readonly { readonly question: string; readonly answer: Json }[],
): readonly { readonly question: string; readonly answer: Json }[] {
	const before = opening(program);
	return answers.map(({ question, answer }) => ({
		question: question.startsWith(before) ? question.slice(before.length) : question,
		answer,
	}));
}

function opening(program: string): string {
	return `The program "${program}" asks: `;
}

function unanswerable(program: string, why: string): CoreError {
	return new CoreError('tool-failed', `A question of the program "${program}" ${why}.`, {
		hint: 'Have the program ask in words, and name `choices` where its `kind` is `choice`.',
	});
}
