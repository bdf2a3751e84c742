import { asStepId } from '@errand/core/domain/ids.ts';
import { type ModelUse, type RecordedTaskFact, taskFact } from '@errand/core/domain/task/facts.ts';
import { expect, it } from 'vitest';
import { stepModels } from './task-models.ts';

const use = (model: string, tokens: number): ModelUse => ({
	model,
	purpose: 'plan',
	reason: 'cheapest that is up',
	calls: 1,
	tokens,
	microUsd: tokens,
});
const usage = (...models: ModelUse[]) => ({ tokens: 1, microUsd: 1, models });

it('adds up which models each step used, and what went to no step', () => {
	const stepId = asStepId('read');
	const facts = [
		taskFact('UsageRecorded', { usage: usage(use('a/b', 5)) }),
		taskFact('UsageRecorded', { usage: usage(use('a/b', 7)), stepId }),
		taskFact('UsageRecorded', { usage: usage(use('a/b', 1), use('c/d', 2)), stepId }),
		taskFact('UsageRecorded', { usage: { tokens: 3, microUsd: 0 }, stepId }),
	].map((fact, index) => ({ ...fact, seq: index + 1, at: 1 }) as RecordedTaskFact);
	expect(stepModels(facts)).toEqual([
		{ stepId: undefined, uses: [use('a/b', 5)] },
		{ stepId, uses: [{ ...use('a/b', 8), calls: 2 }, use('c/d', 2)] },
	]);
});
