import { describe, expect, it } from 'vitest';
import { asPersonId, asQuestionId, asStepId, asTaskId } from '../ids.ts';
import { evolve } from './evolve.ts';
import { factLine } from './fact-line.ts';
import { type RecordedTaskFact, type TaskFact, taskFact } from './facts.ts';
import type { TaskState } from './state.ts';

const stepId = asStepId('read');
const submitted = taskFact('TaskSubmitted', {
	taskId: asTaskId('t1'),
	goal: 'Read it',
	person: asPersonId('owner'),
	attachments: [],
	approve: false,
	budget: { maxRuns: 1, maxMinutes: 1, maxTokens: 1, maxMicroUsd: 1 },
});
const planned = taskFact('PlanProposed', {
	by: 'rules:read',
	method: 'rules',
	steps: [
		{
			id: stepId,
			title: 'Read the page',
			capability: 'web.read',
			input: {},
			dependsOn: [],
			essential: true,
			retry: { maxAttempts: 2, waitsMs: [1_000] },
			timeoutMs: 1_000,
			effects: 'none',
		},
	],
});
const recorded = (fact: TaskFact, seq: number, at = seq * 1_000) => ({ ...fact, seq, at }) as RecordedTaskFact;
const fold = (...facts: TaskFact[]): TaskState =>
	facts.map((fact, index) => recorded(fact, index + 1)).reduce(evolve, undefined as TaskState);

describe('factLine', () => {
	it('names steps by their titles', () => {
		const task = fold(submitted, planned);
		const started = taskFact('StepStarted', { stepId, attempt: 2, run: 1, worker: 'worker-1' });
		expect(factLine(recorded(started, 3), task)).toMatchObject({
			title: '“Read the page” started',
			detail: 'attempt 2, on worker-1',
		});
	});

	it('says why a step failed and when it is tried again', () => {
		const failure = { kind: 'retryable', code: 'fetch-failed', message: 'The server said 500.' } as const;
		const failed = taskFact('StepFailed', { stepId, attempt: 1, run: 1, failure, retryAt: 13_000 });
		expect(factLine(recorded(failed, 3, 1_000), fold(submitted, planned))).toMatchObject({
			detail: 'The server said 500. Tried again after 12 s.',
			tone: 'bad',
		});
	});

	it('never shows the answer to a secret question', () => {
		const question = { id: asQuestionId('q1'), kind: 'secret', purpose: 'step', text: 'Password?' } as const;
		const answered = taskFact('QuestionAnswered', {
			questionId: question.id,
			answer: 'vault:7',
			by: asPersonId('owner'),
		});
		const task = fold(submitted, planned, taskFact('QuestionAsked', { question }));
		expect(factLine(recorded(answered, 4), task).detail).toBe('(kept secret)');
	});

	it('shows a fact of a later release by its name', () => {
		const later = { type: 'StepDreamt', v: 1, data: {}, seq: 3, at: 1 } as unknown as RecordedTaskFact;
		expect(factLine(later, fold(submitted, planned)).title).toBe('StepDreamt');
	});
});
