import { describe, expect, it } from 'vitest';
import { complete, given, plannedStep, start, submitTask } from '../../testing/given-task.ts';
import { ANSWER_STEP, type StepId } from '../ids.ts';
import { partialAnswer } from './partial-answer.ts';

const two = [plannedStep('a'), plannedStep('b'), plannedStep('c', { after: ['a'] })];
const says = (partials: Readonly<Record<string, string>>) => (step: StepId) => partials[step];

describe('partialAnswer', () => {
	it('is what the planner is writing while there is no plan', () => {
		const task = given(submitTask()).task();
		expect(partialAnswer(task, says({ [ANSWER_STEP]: 'Well, ' }))).toBe('Well, ');
		expect(partialAnswer(task, says({}))).toBeUndefined();
	});

	it('is what the last steps are writing, not what others are', () => {
		const task = given(submitTask(two), start('a'), start('b')).task();
		expect(partialAnswer(task, says({ a: 'reading', b: 'B so far' }))).toBe('B so far');
		expect(partialAnswer(task, says({ a: 'reading' }))).toBeUndefined();
		expect(partialAnswer(task, says({ [ANSWER_STEP]: 'too late' }))).toBeUndefined();
	});

	it('grows at its end: a later step waits for those before it', () => {
		const both = [plannedStep('a'), plannedStep('b')];
		const running = given(submitTask(both), start('a'), start('b')).task();
		expect(partialAnswer(running, says({ a: 'A', b: 'B' }))).toBe('A');
		const first = given(submitTask(both), start('a'), start('b'), complete('a', { text: 'A whole.' })).task();
		expect(partialAnswer(first, says({ b: 'B' }))).toBe('A whole.\n\nB');
		expect(partialAnswer(first, says({}))).toBe('A whole.');
	});

	it('gives way to the answer itself', () => {
		const done = given(submitTask([plannedStep('a')]), start('a'), complete('a', { text: 'A.' })).task();
		expect(done.end?.status).toBe('done');
		expect(partialAnswer(done, says({ a: 'A' }))).toBeUndefined();
	});
});
