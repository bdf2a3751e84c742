import { asQuestionId } from '@errand/core/domain/ids.ts';
import type { Question } from '@errand/core/domain/task/question.ts';
import { describe, expect, it } from 'vitest';
import { createPaint } from './paint.ts';
import { promptFor, questionLines, readAnswer } from './questions.ts';

const question = (kind: Question['kind'], more: Partial<Question> = {}): Question => ({
	id: asQuestionId('q'),
	kind,
	purpose: 'step',
	text: 'Which one?',
	...more,
});
const choice = question('choice', { choices: ['Red', 'Blue'] });

describe('questions', () => {
	it('numbers the choices and shows what an approval is for', () => {
		const look = { width: 60, paint: createPaint(false) };
		expect(questionLines(choice, look)).toEqual(['', '? Which one?', '  1. Red', '  2. Blue']);
		const effect = { hash: 'h', summary: 'To: anna\u001b[2J\nHello' };
		expect(questionLines(question('approval', { effect }), look).slice(2)).toEqual(['  │ To: anna', '  │ Hello']);
		expect(promptFor(choice)).toBe('1–2: ');
	});

	it('takes a choice by number or by name, and nothing else', () => {
		expect(readAnswer(choice, ' 2 ')).toEqual({ kind: 'answer', answer: 'Blue' });
		expect(readAnswer(choice, 'red')).toEqual({ kind: 'answer', answer: 'Red' });
		expect(readAnswer(choice, '3').kind).toBe('unclear');
		expect(readAnswer(choice, '0').kind).toBe('unclear');
	});

	it('takes only a clear yes or no for an approval', () => {
		expect(readAnswer(question('approval'), 'Y')).toEqual({ kind: 'decision', decision: 'approve' });
		expect(readAnswer(question('approval'), 'no')).toEqual({ kind: 'decision', decision: 'refuse' });
		expect(readAnswer(question('approval'), '').kind).toBe('unclear');
		expect(readAnswer(question('approval'), 'yesterday').kind).toBe('unclear');
	});

	it('keeps a secret as it was typed, spaces and all', () => {
		expect(readAnswer(question('secret'), ' pass word ')).toEqual({ kind: 'answer', answer: ' pass word ' });
		expect(readAnswer(question('text'), ' Lisbon ')).toEqual({ kind: 'answer', answer: 'Lisbon' });
		expect(readAnswer(question('text'), '  ').kind).toBe('unclear');
	});
});
