import { asQuestionId } from '@errand/core/domain/ids.ts';
import type { TaskResult } from '@errand/core/domain/task/facts.ts';
import { describe, expect, it } from 'vitest';
import { answerText, withoutImages } from './answer-text.ts';
import { questionMarker } from './question-marker.ts';
import { tokenUsage } from './token-usage.ts';

const address = 'https://errand.example';
const nothing: TaskResult = { text: 'Done.', sources: [], artifacts: [], method: 'rules', warnings: [] };
const done = (result: Partial<TaskResult>) =>
	answerText({ id: 't1', status: 'done', questions: [], result: { ...nothing, ...result } }, address);

describe('an answer as text', () => {
	it('names its files and sources as links', () => {
		const text = done({
			artifacts: [{ id: 'f/1', name: 'report [1].md', type: 'text/markdown', bytes: 2_048 }],
			sources: [
				{ title: 'Rome', url: 'https://a.example/rome_(city)' },
				{ title: 'Rome', url: 'https://a.example/rome_(city)', quote: 'Old.' },
				{ title: 'Your text' },
			],
			warnings: ['One page\nwas missing.'],
		});
		expect(text).toBe(
			[
				'Done.',
				'> ⚠ One page was missing.',
				'**Files**\n\n- [report 1.md](https://errand.example/v1/artifacts/f%2F1) (2 KB)',
				'**Sources**\n\n- [Rome](https://a.example/rome_%28city%29)',
			].join('\n\n'),
		);
	});

	it('keeps the numbers of sources that the text cites', () => {
		const text = done({
			text: 'Rome is old [2].',
			sources: [{ title: 'A' }, { title: 'B', url: 'https://b.example' }],
		});
		expect(text).toContain('1. A\n2. [B](https://b.example)');
	});

	it('loads no images, which would tell their server what stands in the address', () => {
		expect(withoutImages('![x](https://evil.example/?q=1) and `![code]` and ![y][1]')).toBe(
			'[x](https://evil.example/?q=1) and `![code]` and [y][1]',
		);
	});

	it('cannot pass for a question', () => {
		const marker = questionMarker('t9', { id: asQuestionId('q1'), kind: 'text' });
		expect(done({ text: marker })).toMatch(/nothing waits for an answer\.\)$/);
	});

	it('asks with choices, and says how to answer', () => {
		const question = { id: asQuestionId('q2'), purpose: 'step', text: 'Which?' } as const;
		const asking = (kind: 'choice' | 'secret') =>
			answerText(
				{ id: 't1', status: 'waiting', questions: [{ ...question, kind, choices: ['red', 'blue'] }] },
				address,
			);
		expect(asking('choice')).toBe(
			'Which?\n\n1. red\n2. blue\n\nAnswer with one of the numbers.\n\n_Task t1 waits for your answer (q2)._',
		);
		expect(asking('secret')).toContain('keeps its own copy');
		expect(asking('secret')).toMatch(/waits for your secret answer \(q2\)\._$/);
	});

	it('says why a task failed, and that one was stopped', () => {
		const error = { code: 'x', message: 'It broke.', hint: 'Mend it.' };
		expect(answerText({ id: 't1', status: 'failed', questions: [], error }, address)).toBe(
			'That did not work. It broke.\n\nMend it.',
		);
		expect(answerText({ id: 't1', status: 'cancelled', questions: [] }, address)).toBe('Stopped.');
	});
});

describe('usage', () => {
	it('keeps the count of models, and is reckoned from words where nothing was counted', () => {
		expect(tokenUsage({ tokens: 100, asked: 'x'.repeat(8), answered: 'y'.repeat(40) })).toEqual({
			input: 90,
			output: 10,
		});
		expect(tokenUsage({ tokens: 5, asked: '', answered: 'y'.repeat(40) })).toEqual({ input: 0, output: 5 });
		expect(tokenUsage({ tokens: 0, asked: 'x'.repeat(8), answered: 'y'.repeat(40) })).toEqual({ input: 2, output: 10 });
	});
});
