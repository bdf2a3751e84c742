import { describe, expect, it } from 'vitest';
import { asPersonId, asStepId, asTaskId } from '../ids.ts';
import { catchUp, lastSeq, NOTHING_FOLLOWED, stateAfter } from './catch-up.ts';
import { type RecordedTaskFact, type TaskFact, taskFact } from './facts.ts';

const facts: readonly RecordedTaskFact[] = [
	taskFact('TaskSubmitted', {
		taskId: asTaskId('t1'),
		goal: 'Compare two pages',
		person: asPersonId('owner'),
		attachments: [],
		approve: false,
		budget: { maxRuns: 1, maxMinutes: 1, maxTokens: 1, maxMicroUsd: 1 },
	}),
	taskFact('PlanProposed', {
		by: 'rules:compare',
		method: 'rules',
		steps: [
			{
				id: asStepId('read'),
				title: 'Read',
				capability: 'web.read',
				input: {},
				dependsOn: [],
				essential: true,
				retry: { maxAttempts: 1, waitsMs: [1] },
				timeoutMs: 1,
				effects: 'none',
			},
		],
	}),
	taskFact('StepStarted', { stepId: asStepId('read'), attempt: 1, run: 1, worker: 'w1' }),
].map((fact: TaskFact, index) => ({ ...fact, seq: index + 1, at: 1_000 + index }) as RecordedTaskFact);

describe('catchUp', () => {
	it('folds facts in order and knows where it stands', () => {
		const followed = catchUp(catchUp(NOTHING_FOLLOWED, facts.slice(0, 2)), facts.slice(2));
		expect(lastSeq(followed)).toBe(3);
		expect(followed.gap).toBe(false);
		expect(followed.state?.steps[asStepId('read')]?.phase.status).toBe('running');
	});

	it('ignores facts it has had', () => {
		const once = catchUp(NOTHING_FOLLOWED, facts);
		expect(catchUp(once, facts)).toBe(once);
	});

	it('folds nothing past a gap and says so, and the flag falls once the missing facts came', () => {
		const first = catchUp(NOTHING_FOLLOWED, facts.slice(0, 1));
		const gapped = catchUp(first, facts.slice(2));
		expect(gapped).toMatchObject({ gap: true, facts: [{ seq: 1 }] });
		expect(catchUp(gapped, facts.slice(1))).toMatchObject({ gap: false, facts: [{ seq: 1 }, { seq: 2 }, { seq: 3 }] });
	});

	it('shows how the task stood after any fact', () => {
		expect(stateAfter(facts, 0)).toBeUndefined();
		expect(stateAfter(facts, 1)?.planVersion).toBe(0);
		expect(stateAfter(facts, 2)?.steps[asStepId('read')]?.phase.status).toBe('waiting');
		expect(stateAfter(facts, 99)?.seq).toBe(3);
	});
});
