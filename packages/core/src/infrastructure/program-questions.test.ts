import { expect, it } from 'vitest';
import { answersForProgram, programQuestions } from './program-questions.ts';

it('says who asks, and gives the answers back under the questions as they were asked', () => {
	const [asked] = programQuestions('bot', [{ kind: 'choice', text: 'Which?\nSay it.', choices: ['a', 'b'] }]);
	expect(asked).toEqual({ kind: 'choice', text: 'The program "bot" asks: Which?\nSay it.', choices: ['a', 'b'] });
	const answers = [
		{ question: asked?.text ?? '', answer: 'a' },
		{ question: 'asked before', answer: 'b' },
	];
	expect(answersForProgram('bot', answers).map(({ question }) => question)).toEqual([
		'Which?\nSay it.',
		'asked before',
	]);
});

it('fails where nobody could answer', () => {
	for (const bad of [{ kind: 'choice', text: 'Which?' } as const, { kind: 'text', text: ' \n' } as const]) {
		expect(() => programQuestions('bot', [bad])).toThrow(expect.objectContaining({ code: 'tool-failed' }));
	}
});
