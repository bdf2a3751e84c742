import { describe, expect, it } from 'vitest';
import { asTaskId } from '../ids.ts';
import { ANN, AT, type GivenBacklog, givenBacklog } from './fixture/given-backlog.ts';
import { tagNamed } from './state.ts';

const own = (given: GivenBacklog) => tagNamed(given.backlog, 'master')?.own ?? [];

/** Item 1 stood in a file; 2 and 3 are the person's own. */
function given(): GivenBacklog {
	const backlog = givenBacklog([{ id: 1 }]);
	for (const title of ['Call Tomas', 'Paint the shop']) backlog.call('add_task', { title });
	return backlog;
}

describe('words that are the person’s own', () => {
	it('are those they gave, and none that stood in a file', () => {
		expect(own(given())).toEqual([2, 3]);
	});

	it('stay their own whatever they do to the item', () => {
		const backlog = given();
		backlog.call('set_task_status', { id: '2', status: 'in-progress' });
		backlog.call('add_subtask', { id: '2', title: 'Find the number' });
		backlog.call('add_dependency', { id: '3', dependsOn: '2' });
		backlog.call('clear_subtasks', { id: '2' });
		expect(own(backlog)).toEqual([2, 3]);
	});

	it.each([
		['a model changes them', { kind: 'updated', tag: 'master', id: '2', fields: { title: 'Call Greta' } }],
		['a model adds parts', { kind: 'expanded', tag: 'master', id: 2, subitems: [{ title: 'Dial' }] }],
		['research is noted', { kind: 'noted', tag: 'master', id: '2', text: 'Found on the web.' }],
	] as const)('are not all their own once %s', (_, change) => {
		const backlog = given();
		const work = { at: AT, operationId: 'o1', taskId: asTaskId('t1') };
		backlog.do({ type: 'BeginOperation', ...work, tool: 'update', args: {}, by: ANN });
		backlog.do({ type: 'EndOperation', ...work, status: 'completed', changes: [change], result: {} });
		expect(own(backlog)).toEqual([3]);
	});

	it('are not once a run left its result, the file changed, or they moved', () => {
		const run = given();
		run.do({ type: 'BeginRun', at: AT, item: '2', taskId: asTaskId('t1'), by: ANN });
		expect(own(run)).toEqual([2, 3]);
		run.do({ type: 'EndRun', at: AT, taskId: asTaskId('t1'), status: 'done', summary: 'A page says so.' });
		expect(own(run)).toEqual([3]);

		const file = given();
		const items = file.items().map((item) => (item.id === 3 ? { ...item, details: 'Theirs.' } : item));
		const tags = [{ name: 'master', items, metadata: {} }];
		file.do({ type: 'MergeFile', at: AT, file: { format: 'tagged', tags, mended: [] }, mark: { hash: 'second' } });
		expect(own(file)).toEqual([2]);

		const moved = given();
		moved.call('remove_task', { id: '3' });
		moved.call('move_task', { from: '1', to: '3' });
		expect(own(moved)).toEqual([2]);
		moved.call('add_subtask', { id: '2', taskId: '3' });
		expect(own(moved)).toEqual([]);
	});
});
