import { CoreError } from '@errand/core/domain/errors.ts';
import { asPersonId, asQuestionId, asTaskId } from '@errand/core/domain/ids.ts';
import type { Question } from '@errand/core/domain/task/question.ts';
import type { TaskView } from '@errand/core/domain/task/view.ts';
import type { Principal, TaskRequest } from '@errand/core/orchestrator/desks/desk.ts';
import { describe, expect, it } from 'vitest';
import { beginTask } from './begin-task.ts';
import { questionMarker } from './question-marker.ts';
import { readAsk } from './read-ask.ts';

const ANN: Principal = { person: asPersonId('ann'), role: 'owner' };
const BOB: Principal = { person: asPersonId('bob'), role: 'member' };

/** A desk with one task of Ann's that asks one question. */
function deskAsking(kind: Question['kind'], change: Partial<TaskView> = {}) {
	const question: Question = {
		id: asQuestionId('q2'),
		kind,
		purpose: 'step',
		text: 'Well?',
		...(kind === 'choice' ? { choices: ['red', 'blue'] } : {}),
	};
	const calls: unknown[] = [];
	const task = { id: 't1', seq: 7, questions: [question], ...change } as TaskView;
	const desk = {
		tasks: {
			submit: async (_principal: Principal, request: TaskRequest) => {
				calls.push(['submit', request.goal]);
				return { id: asTaskId('t2'), duplicate: false };
			},
			view: async ({ person }: Principal) => {
				if (person === ANN.person) return task;
				throw new CoreError('unknown-task', 'There is no such task.', { hint: '' });
			},
			answer: async (_principal: Principal, ...given: unknown[]) => void calls.push(['answer', ...given]),
			cancel: async () => void calls.push(['cancel']),
		},
		artifacts: {
			put: async ({ name, type }: { name: string; type: string }) => ({ id: 'f1' as never, name, type, bytes: 1 }),
		},
	};
	const reply = async (text: string, options: { principal?: Principal; secret?: boolean; file?: boolean } = {}) => {
		const marker = questionMarker('t1', { id: question.id, kind });
		const file = { kind: 'bytes', name: 'a b.txt', type: 'text/plain', content: new Uint8Array([1]) } as const;
		const ask = readAsk(
			[
				{ role: 'assistant', text: `Well?\n\n${marker}`, attachments: [] },
				{ role: 'user', text, attachments: options.file ? [file] : [] },
			],
			{ quick: false },
		);
		if (ask === undefined) throw new Error('nothing was asked');
		return beginTask(desk, options.principal ?? ANN, { ask });
	};
	return { calls, reply };
}

describe('a message after a question', () => {
	it('answers it, and the task goes on from there', async () => {
		const { calls, reply } = deskAsking('choice');
		expect(await reply('2')).toEqual({ task: 't1', from: 7 });
		expect(calls).toEqual([['answer', 't1', 'q2', 'blue']]);
	});

	it('approves or refuses in words', async () => {
		const { calls, reply } = deskAsking('approval');
		await reply('no, thanks');
		await reply('yes please');
		expect(calls.slice(-1)).toEqual([['answer', 't1', 'q2', 'approve']]);
	});

	it('hands a secret to the vault’s keeper as it is, and makes no goal of it when it comes too late', async () => {
		const { calls, reply } = deskAsking('secret');
		await reply(' correct horse battery staple, all seven words of it ');
		expect(calls).toEqual([['answer', 't1', 'q2', 'correct horse battery staple, all seven words of it']]);
		const late = deskAsking('secret', { questions: [] });
		const begun = await late.reply('correct horse battery staple, all seven words of it');
		expect(begun).toMatchObject({ task: 't1', note: expect.stringContaining('answered already') });
		expect(late.calls).toEqual([]);
		const gone = late.reply('correct horse battery staple', { principal: BOB });
		await expect(gone).rejects.toMatchObject({ code: 'unknown-task' });
		expect(late.calls).toEqual([]);
	});

	it('brings its files along into a text answer', async () => {
		const { calls, reply } = deskAsking('text');
		await reply('Here', { file: true });
		expect(calls).toEqual([['answer', 't1', 'q2', 'Here\nartifact:f1 text/plain a b.txt']]);
	});

	it('is a new task when it is more than a slip, or says so', async () => {
		const { calls, reply } = deskAsking('choice');
		expect(await reply('maybe')).toMatchObject({ task: 't1', note: expect.stringContaining('does not answer') });
		expect(await reply('Compare the two contracts that I sent you yesterday')).toEqual({ task: 't2', from: 0 });
		await reply('/new red');
		expect(calls).toEqual([
			['submit', 'Compare the two contracts that I sent you yesterday'],
			['submit', 'red'],
		]);
	});

	it('cancels the task where it says so', async () => {
		const { calls, reply } = deskAsking('choice');
		expect(await reply('/cancel')).toMatchObject({ task: 't1' });
		expect(calls).toEqual([['cancel']]);
	});

	it('never reaches another person’s task', async () => {
		const { calls, reply } = deskAsking('text');
		expect(await reply('blue', { principal: BOB })).toEqual({ task: 't2', from: 0 });
		expect(calls).toEqual([['submit', 'blue']]);
	});
});
