import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TaskId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import { OpenedBacklogs } from './fixture/opened-backlogs.ts';

let opened: OpenedBacklogs;
beforeEach(async () => {
	opened = await OpenedBacklogs.begin();
});
afterEach(() => opened.end());

const parts = (...titles: string[]): JsonObject => ({
	...{ text: '', warnings: [], method: 'model', means: 'By a model.' },
	subtasks: titles.map((title, at) => ({
		...{ id: at + 1, title, description: '', details: '', testStrategy: '', dependencies: [] },
	})),
});

function latest(): TaskId {
	const id = opened.tasks.ids.at(-1);
	if (id === undefined) throw new Error('No task was submitted.');
	return id;
}

describe('work whose task is retried after it had ended', () => {
	it('brings what had failed, once, and what was there before not again', async () => {
		const streams = opened.open();
		const call = opened.caller(streams);
		for (const title of ['Basket', 'Checkout']) await call('add_task', { title });
		const { operationId } = await call('expand_all', { async: true });
		const task = latest();
		opened.tasks.end(task, { 'item-1': parts('One'), 'item-2': undefined });
		await streams.taskReported(...opened.tasks.ended(task));
		expect(await call('operation_status', { operationId: operationId ?? '' })).toMatchObject({
			result: { expandedCount: 1, failedTasks: ['2'] },
		});
		await call('set_task_status', { id: '1.1', status: 'done' });

		// By then another process may look after it.
		const others = opened.open();
		opened.tasks.retry(task, 10);
		opened.tasks.end(task, { 'item-2': parts('Two', 'Three') }, { at: 20, attempt: 2 });
		for (let times = 0; times < 2; times++) await others.taskReported(...opened.tasks.ended(task));
		expect(await call('get_task', { id: '1' })).toMatchObject({ subtasks: [{ title: 'One', status: 'done' }] });
		expect(await call('get_task', { id: '2' })).toMatchObject({ subtasks: [{ title: 'Two' }, { title: 'Three' }] });
		expect(await call('operation_status', { operationId: operationId ?? '' })).toMatchObject({
			status: 'completed',
			result: { expandedCount: 1 },
		});
	});

	it('takes nothing away where the retry brought nothing', async () => {
		const streams = opened.open();
		const call = opened.caller(streams);
		for (const title of ['Basket', 'Checkout']) await call('add_task', { title });
		const { operationId } = await call('expand_all', { async: true });
		const task = latest();
		opened.tasks.end(task, { 'item-1': parts('One'), 'item-2': undefined });
		await streams.taskReported(...opened.tasks.ended(task));
		opened.tasks.retry(task, 10);
		opened.tasks.end(task, { 'item-2': undefined }, { at: 20, attempt: 2 });
		await streams.taskReported(...opened.tasks.ended(task));
		expect(await call('operation_status', { operationId: operationId ?? '' })).toMatchObject({ status: 'completed' });
	});
});

describe('an item whose run is retried', () => {
	const failed = async () => {
		const streams = opened.open();
		const call = opened.caller(streams);
		await call('add_task', { title: 'Paint' });
		await call('run_task', { id: '1', review: true });
		const task = latest();
		opened.tasks.end(task, { only: undefined });
		await streams.taskReported(...opened.tasks.ended(task));
		expect(await call('get_task', { id: '1' })).toMatchObject({ status: 'pending' });
		opened.tasks.retry(task, 10);
		return { streams, call, task };
	};

	it('is for review after all, as that was asked for', async () => {
		const { streams, call, task } = await failed();
		opened.tasks.end(task, { only: 'Painted.' }, { at: 20, attempt: 2 });
		for (let times = 0; times < 2; times++) await streams.taskReported(...opened.tasks.ended(task));
		const { status, details } = await call('get_task', { id: '1' });
		expect(status).toBe('review');
		expect(String(details).match(/<info added/g)).toHaveLength(2);
	});

	it('stays what somebody made of it meanwhile', async () => {
		const { streams, call, task } = await failed();
		await call('set_task_status', { id: '1', status: 'cancelled' });
		opened.tasks.end(task, { only: 'Painted.' }, { at: 20, attempt: 2 });
		await streams.taskReported(...opened.tasks.ended(task));
		expect(await call('get_task', { id: '1' })).toMatchObject({ status: 'cancelled' });
	});
});
