import { asStepId } from '@errand/core/domain/ids.ts';
import type { TaskView } from '@errand/core/domain/task/view.ts';
import { describe, expect, it } from 'vitest';
import { createPaint } from './paint.ts';
import { endLines } from './render-answer.ts';

const look = { width: 80, paint: createPaint(false), placeOf: (id: string) => `place of ${id}` };
const done = (change: Partial<TaskView> = {}): TaskView => ({
	id: 't1',
	goal: 'goal',
	status: 'done',
	plan: {
		version: 1,
		by: 'rules:test',
		steps: [
			{
				id: asStepId('a'),
				title: 'Read',
				capability: 'web.read',
				input: {},
				dependsOn: [],
				essential: true,
				status: 'done',
				attempts: 1,
			},
		],
	},
	questions: [],
	result: {
		text: 'An answer [1].',
		sources: [{ title: 'S', quote: 'Q' }],
		artifacts: [],
		method: 'rules',
		warnings: [],
	},
	cost: { tokens: 0, microUsd: 0 },
	createdAt: 0,
	endedAt: 1,
	seq: 9,
	...change,
});

describe('endLines', () => {
	it('ends with how the answer was made, and what it cost if it did', () => {
		expect(endLines(done(), look).at(-1)).toBe('Put together by rules from the sources, without a language model.');
		const plan = { ...done().plan, by: 'model:tiny\u001b[2J\n' };
		const paid = endLines(done({ plan, cost: { tokens: 12_400, microUsd: 3_100 } }), look);
		expect(paid.slice(-2).join(' ')).toMatch(/language model tiny.*Used 12,400 tokens, \$0\.0031\.$/);
		expect(paid.join('')).not.toMatch(/\p{Cc}/u);
	});

	it('says nothing of how a set phrase was made', () => {
		const { plan, result } = done();
		const phrase = done({ plan: { ...plan, steps: [] }, result: result && { ...result, sources: [] } });
		expect(endLines(phrase, look)).toEqual(['An answer [1].']);
	});

	it('numbers the sources with their quotes', () => {
		expect(endLines(done(), look)).toContain('1. S');
		expect(endLines(done(), look)).toContain('   “Q”');
	});
});
