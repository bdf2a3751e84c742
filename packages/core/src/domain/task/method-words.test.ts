import { describe, expect, it } from 'vitest';
import { asStepId } from '../ids.ts';
import { methodWords, plannerWords } from './method-words.ts';
import type { StepView } from './view.ts';

const step: StepView = {
	id: asStepId('a'),
	title: 'Read',
	capability: 'web.read',
	input: {},
	dependsOn: [],
	essential: true,
	status: 'done',
	attempts: 1,
};
const words = (by: string, method: 'model' | 'rules', steps: readonly StepView[] = [step]) =>
	methodWords({
		plan: { version: 1, by, steps },
		result: { text: '', sources: [], artifacts: [], method, warnings: [] },
	});

describe('methodWords', () => {
	it('names the model where there was one, and says where there was none', () => {
		expect(words('model:qwen3:8b', 'model')).toBe('Planned and written with the language model qwen3:8b.');
		expect(words('model:qwen3:8b', 'rules')).toContain('put together by rules');
		expect(words('rules:compare', 'model')).toBe('Planned by rules, written with a language model.');
		expect(words('rules:compare', 'rules')).toContain('without a language model');
		expect(words('rules:schedule', 'rules')).toBe('Done by rules, without a language model.');
		expect(words('workflow:report', 'model')).toBe('Written with a language model.');
	});

	it('warns that a direct answer rests on no source, and says nothing of a set phrase or an unfinished task', () => {
		expect(words('model:tiny', 'model', [])).toContain('without looking anything up');
		expect(words('rules:hello', 'rules', [])).toBeUndefined();
		expect(methodWords({ plan: { version: 1, by: 'model:tiny', steps: [step] } })).toBeUndefined();
	});
});

describe('plannerWords', () => {
	it('says who made a plan', () => {
		expect(['', 'rules:compare', 'model:qwen3:8b', 'workflow:report', 'person'].map(plannerWords)).toEqual([
			undefined,
			'rules',
			'qwen3:8b',
			'workflow report',
			'person',
		]);
	});
});
