import { describe, expect, it } from 'vitest';
import { asTaskId } from '../ids.ts';
import type { JsonObject } from '../json.ts';
import { ANN, AT, type GivenBacklog, givenBacklog } from './fixture/given-backlog.ts';
import type { OperationChange } from './operation-change.ts';
import { pendingBacklogWork } from './pending-backlog-work.ts';

const T1 = asTaskId('t1');

function begin(given: GivenBacklog, tool: string, args: JsonObject = {}) {
	const taskId = T1;
	return given.do({
		type: 'BeginOperation',
		at: AT,
		operationId: 'o1',
		taskId,
		tool,
		args,
		by: ANN,
		estimatedSeconds: 9,
	});
}

function end(given: GivenBacklog, ...changes: OperationChange[]) {
	given.do({
		type: 'EndOperation',
		at: AT,
		operationId: 'o1',
		status: 'completed',
		changes,
		result: { message: 'Done.' },
	});
	return given.backlog.operations[0];
}

const item = (id: number, dependencies: number[] = []) => ({ id, title: `P${id}`, dependencies });

describe('operations', () => {
	it('are refused where they could come to nothing', () => {
		const given = givenBacklog([{ id: 1, status: 'done' }]);
		expect(() => begin(given, 'parse_prd')).toThrow('has tasks already');
		expect(() => begin(given, 'expand_task', { id: '1' })).toThrow('is done');
		expect(() => begin(given, 'expand_task', { id: '7' })).toThrow('no task 7');
		expect(() => begin(given, 'update', { tag: 'nowhere', from: '1' })).toThrow('no tag');
		begin(given, 'parse_prd', { append: true });
		expect(begin(given, 'parse_prd')).toEqual([]);
		expect(given.backlog.operations).toMatchObject([
			{ id: 'o1', status: 'in_progress', tag: 'master', estimatedSeconds: 9 },
		]);
	});

	it('number parsed tasks on, and drop what waits for later or unknown ones', () => {
		const given = givenBacklog([{ id: 4 }]);
		begin(given, 'parse_prd', { append: true });
		const ended = end(given, {
			kind: 'parsed',
			tag: 'master',
			append: true,
			items: [item(1, [2, 4]), item(2, [1, 9])],
		});
		expect(given.items()).toMatchObject([{ id: 4 }, { id: 5, dependencies: [4] }, { id: 6, dependencies: [5] }]);
		expect(ended).toMatchObject({ status: 'completed', result: { message: 'Done.', tasks: [{ id: 5 }, { id: 6 }] } });
		expect(ended?.result?.['warnings']).toHaveLength(2);
		expect(end(given)).toBe(ended);
	});

	it('replace by force, in a tag that is made where there is none', () => {
		const given = givenBacklog([{ id: 1, title: 'Old' }, { id: 2 }]);
		begin(given, 'parse_prd', { force: true });
		end(
			given,
			{ kind: 'parsed', tag: 'master', force: true, items: [item(1)] },
			{ kind: 'parsed', tag: 'fresh', items: [item(10), item(20, [10])] },
		);
		expect(given.items()).toMatchObject([{ id: 1, title: 'P1' }]);
		expect(given.items('fresh')).toMatchObject([{ id: 1 }, { id: 2, dependencies: [1] }]);
	});

	it('keep subtasks there are, unless forced', () => {
		const given = givenBacklog([
			{ id: 1, subtasks: [{ id: 1, title: 'Old' }] },
			{ id: 2, dependencies: ['1.1'] },
		]);
		begin(given, 'expand_all');
		const subitems = [item(1), item(2, [1, 7])];
		end(given, { kind: 'expanded', tag: 'master', id: 1, subitems });
		expect(given.item(1).subtasks).toMatchObject([{ id: 1, title: 'Old' }, { id: 2 }, { id: 3, dependencies: [2] }]);
		const forced = givenBacklog([
			{ id: 1, subtasks: [{ id: 1, title: 'Old' }] },
			{ id: 2, dependencies: ['1.1'] },
		]);
		begin(forced, 'expand_all');
		end(forced, { kind: 'expanded', tag: 'master', id: 1, force: true, subitems });
		expect(forced.item(1).subtasks).toMatchObject([
			{ id: 1, title: 'P1' },
			{ id: 2, dependencies: [1] },
		]);
		expect(forced.item(2).dependencies).toEqual([]);
	});

	it('apply what still fits and say what does not', () => {
		const given = givenBacklog([{ id: 1 }, { id: 2, status: 'done' }, { id: 3, dependencies: [1] }]);
		begin(given, 'update', { from: '1' });
		const ended = end(
			given,
			{ kind: 'updated', tag: 'master', id: '1', fields: { title: 'New', dependencies: [3, 9, 2] } },
			{ kind: 'updated', tag: 'master', id: '2', fields: { title: 'New' } },
			{ kind: 'noted', tag: 'master', id: '8', text: 'x' },
			{ kind: 'added', tag: 'master', item: { title: 'Fourth', dependencies: [1, 50] } },
			{ kind: 'expanded', tag: 'gone', id: 1, subitems: [] },
		);
		expect(given.items()).toMatchObject([
			{ title: 'New', dependencies: [2] },
			{ title: 'Task 2' },
			{ id: 3 },
			{ dependencies: [1] },
		]);
		expect(ended?.result?.['warnings']).toHaveLength(6);
	});

	it('keep scores of tasks that were not analysed again', () => {
		const given = givenBacklog([{ id: 1 }, { id: 2 }]);
		const meta = {
			generatedAt: 'now',
			tasksAnalyzed: 1,
			totalTasks: 2,
			analysisCount: 1,
			thresholdScore: 5,
			projectName: 'P',
			usedResearch: false,
		};
		const score = (taskId: number, complexityScore: number) => ({
			...{ taskId, taskTitle: 'T', complexityScore, recommendedSubtasks: 3, expansionPrompt: '', reasoning: '' },
		});
		begin(given, 'analyze_project_complexity');
		end(
			given,
			{ kind: 'analysed', tag: 'master', report: { meta, complexityAnalysis: [score(1, 4), score(2, 5)] } },
			{ kind: 'analysed', tag: 'master', report: { meta, complexityAnalysis: [score(1, 9), score(7, 1)] } },
		);
		expect(given.call('complexity_report')['report']).toMatchObject({
			complexityAnalysis: [
				{ taskId: 1, complexityScore: 9 },
				{ taskId: 2, complexityScore: 5 },
			],
		});
		expect(given.call('next_task')).toMatchObject({ nextTask: { id: 1, complexityScore: 9 } });
	});
});

describe('items that Errand carries out', () => {
	it('follow how their task goes', () => {
		const given = givenBacklog([{ id: 1, subtasks: [{ id: 1 }] }]);
		given.do({ type: 'BeginRun', at: AT, item: '1.1', taskId: T1, by: ANN });
		expect(given.item(1)).toMatchObject({ status: 'in-progress', subtasks: [{ status: 'in-progress' }] });
		const again = { type: 'BeginRun', at: AT, item: '1.1', taskId: asTaskId('t2'), by: ANN } as const;
		expect(() => given.do(again)).toThrow('carried out already');
		given.do({ type: 'EndRun', at: AT, taskId: T1, status: 'done', summary: 'Found.' });
		expect(given.item(1)).toMatchObject({ status: 'done', subtasks: [{ details: expect.stringContaining('Found.') }] });
		expect(given.do({ type: 'EndRun', at: AT, taskId: T1, status: 'failed' })).toEqual([]);
		expect(() => given.do(again)).toThrow('is done');
	});

	it('are pending again after a failure, unless somebody set them meanwhile', () => {
		const given = givenBacklog([{ id: 1 }, { id: 2 }]);
		for (const [id, taskId] of [
			['1', T1],
			['2', asTaskId('t2')],
		] as const) {
			given.do({ type: 'BeginRun', at: AT, item: id, taskId, by: ANN });
			if (id === '2') given.call('set_task_status', { id, status: 'review' });
			given.do({ type: 'EndRun', at: AT, taskId, status: 'failed', summary: 'Broke.' });
		}
		expect(given.items()).toMatchObject([{ status: 'pending' }, { status: 'review' }]);
	});
});

describe('watchers', () => {
	it('are owed a notice of each change of what they watch, until it is handed over', () => {
		const given = givenBacklog([{ id: 1, subtasks: [{ id: 1 }] }, { id: 2 }]);
		const watch = { type: 'Watch', at: AT, watchId: 'w1', person: ANN, item: '1', conversation: 'c' } as const;
		given.do(watch);
		expect(given.do({ ...watch, watchId: 'w2' })).toEqual([]);
		given.call('set_task_status', { id: '1.1,2', status: 'done' });
		const work = pendingBacklogWork(given.state, AT);
		expect(work.map(({ notice }) => notice.text)).toEqual([
			'Task 1 “Task 1” is now done (was pending).',
			'Subtask 1.1 “Part 1” is now done (was pending).',
		]);
		given.do({ type: 'NoticeHandedOver', at: AT, noticeId: work[0]?.notice.id ?? '' });
		expect(pendingBacklogWork(given.state, AT).map(({ key }) => key)).toEqual([work[1]?.key]);
		given.do({ type: 'Unwatch', at: AT, person: ANN, item: '1' });
		expect(pendingBacklogWork(given.state, AT)).toEqual([]);
		expect(() => given.do({ ...watch, item: '9' })).toThrow('no task 9');
	});

	it('of a whole tag hear of what comes, changes and goes', () => {
		const given = givenBacklog([{ id: 1 }]);
		given.do({ type: 'Watch', at: AT, watchId: 'w1', person: ANN });
		given.call('add_task', { title: 'New' });
		given.call('update_task', { id: '1', prompt: 'x' });
		given.call('remove_task', { id: '2' });
		expect(given.backlog.notices.map(({ text }) => text)).toEqual([
			'Task 2 “New” was added.',
			'Task 1 “Task 1” was changed.',
			'Task 2 “New” was removed.',
		]);
	});
});
