import { readAnswer } from '@errand/core/domain/conversation/read-answer.ts';
import { asQuestionId } from '@errand/core/domain/ids.ts';
import type { Question } from '@errand/core/domain/task/question.ts';
import { describe, expect, it } from 'vitest';
import { questionButtons } from './question-buttons.ts';
import { questionText } from './question-text.ts';

const asked = (change: Partial<Question>): Question => ({
	id: asQuestionId('q'),
	kind: 'text',
	purpose: 'step',
	text: 'Which?',
	...change,
});
const press = (question: Question, place: number) =>
	readAnswer(question, { text: questionButtons(question)[place]?.words ?? '', attachments: [] });

describe('buttons of a question', () => {
	it('are its choices, and what a press says is read as that choice', () => {
		const choices = ['3', '1', 'The  red\none', '/cancel', '\u202e', 'yes'];
		const question = asked({ kind: 'choice', choices });
		expect(questionButtons(question).map(({ label }) => label)).toEqual([
			'3',
			'1',
			'The red one',
			'/cancel',
			'Choice 5',
			'yes',
		]);
		for (const [place, choice] of choices.entries()) expect(press(question, place)).toBe(choice);
		expect(questionButtons(question).some(({ words }) => words.startsWith('/'))).toBe(false);
	});

	it('are two for an approval, and none where words are wanted', () => {
		const approval = asked({ kind: 'approval' });
		expect([press(approval, 0), press(approval, 1)]).toEqual(['approve', 'refuse']);
		expect(questionButtons(asked({}))).toEqual([]);
		expect(questionButtons(asked({ kind: 'secret' }))).toEqual([]);
	});
});

describe('a question without buttons', () => {
	it('numbers its choices and says what is approved', () => {
		expect(questionText(asked({ kind: 'choice', choices: ['a', 'b'] }))).toBe(
			'Which?\n\n1. a\n2. b\n\nAnswer with a number.',
		);
		const effect = { hash: 'h', summary: 'Send "x" to y.example' };
		expect(questionText(asked({ kind: 'approval', effect }))).toBe(
			'Which?\n\nSend "x" to y.example\n\nAnswer **yes** or **no**.',
		);
		expect(questionText(asked({}))).toBe('Which?');
	});
});
