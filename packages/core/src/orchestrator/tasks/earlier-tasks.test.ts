import { expect, test } from 'vitest';
import type { Conversation } from '../../domain/conversation/state.ts';
import { asTaskId, type StreamId, taskStream } from '../../domain/ids.ts';
import type { Task } from '../../domain/task/state.ts';
import { complete, given, plannedStep, submitTask } from '../../testing/given-task.ts';
import { earlierGoals, earlierTasks } from './earlier-tasks.ts';

const file = { id: 'f1', name: 'report.md', type: 'text/markdown', bytes: 9 };
const output = { text: 'The answer.', artifacts: [file] };
const direct = { type: 'AnswerDirectly', at: 2, by: 'model:m', text: 'Paris.', method: 'model' } as const;

const tasks: Record<string, Task> = {
	t1: given(submitTask([], { goal: 'Capital of France?' }), direct).task(),
	t2: given(submitTask([plannedStep('a')], { goal: 'Read it' }), complete('a', output, { origins: ['web:a'] })).task(),
	t3: given(submitTask([plannedStep('a')], { goal: 'Count' }), complete('a', output)).task(),
	t4: given(submitTask([plannedStep('a')], { goal: 'Still running' })).task(),
	t5: given(submitTask([], { goal: 'Of a stranger', origins: ['hook:a'] }), direct).task(),
};
const store = {
	state: async (stream: StreamId) => Object.entries(tasks).find(([id]) => taskStream(asTaskId(id)) === stream)?.[1],
};

function conversation(...ids: string[]): Conversation {
	return { tasks: ids.map(asTaskId) } as unknown as Conversation;
}

test('tells what was asked and answered before, but no answer that outside content went into', async () => {
	expect(await earlierTasks(conversation('t1', 't2', 't3', 't4', 't5'), asTaskId('now'), store)).toEqual([
		{ goal: 'Capital of France?', answer: 'Paris.', files: [] },
		{ goal: 'Read it', files: [file] },
		{ goal: 'Count', answer: 'The answer.', files: [file] },
		{ goal: 'Still running', files: [] },
		{ goal: 'Of a stranger', files: [] },
	]);
});

test('knows a task that the conversation does not name yet, and none that came after it', async () => {
	const goals = async (all: Conversation, id: string) =>
		(await earlierTasks(all, asTaskId(id), store)).map(({ goal }) => goal);
	expect(await goals(conversation('t1'), 'now')).toEqual(['Capital of France?']);
	expect(await goals(conversation('t1', 'now', 't3'), 'now')).toEqual(['Capital of France?']);
	expect(await goals(conversation('t1', 't1', 't1', 't1', 't1', 't3', 'gone'), 'now')).toHaveLength(4);
});

test('of a conversation that is kept elsewhere it knows the latest goals, and no answers', () => {
	expect(earlierGoals({})).toEqual([]);
	const goals = ['1', '2', '3', '4', '5', '6'];
	expect(earlierGoals({ earlierGoals: goals }).map(({ goal }) => goal)).toEqual(['2', '3', '4', '5', '6']);
	expect(earlierGoals({ earlierGoals: ['1'] })).toEqual([{ goal: '1', files: [] }]);
});
