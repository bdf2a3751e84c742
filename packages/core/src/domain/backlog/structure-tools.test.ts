import { describe, expect, it } from 'vitest';
import { asTaskId } from '../ids.ts';
import { ANN, AT, givenBacklog } from './fixture/given-backlog.ts';

describe('dependencies', () => {
	it('refuses one that closes a circle, and names it', () => {
		const given = givenBacklog([{ id: 5 }, { id: 7, dependencies: [5], subtasks: [{ id: 1, dependencies: [5] }] }]);
		expect(() => given.call('add_dependency', { id: '5', dependsOn: '7' })).toThrow('5 → 7 → 5');
		expect(() => given.call('add_dependency', { id: '5', dependsOn: '7.1' })).toThrow('5 → 7.1 → 5');
		expect(() => given.call('add_dependency', { id: '5', dependsOn: '5' })).toThrow('wait for itself');
		expect(() => given.call('add_dependency', { id: '5', dependsOn: '9' })).toThrow('no task 9');
	});

	it('adds and removes them, doubles quietly', () => {
		const given = givenBacklog([{ id: 1, subtasks: [{ id: 1 }, { id: 2 }] }, { id: 2 }]);
		given.call('add_dependency', { id: '2', dependsOn: '1' });
		expect(given.call('add_dependency', { id: '2', dependsOn: '1' })['message']).toContain('already');
		given.call('add_dependency', { id: '1.2', dependsOn: '1.1' });
		expect(given.item(2).dependencies).toEqual([1]);
		expect(given.item(1).subtasks[1]?.dependencies).toEqual([1]);
		expect(() => given.call('add_dependency', { id: '1.1', dependsOn: '2' })).toThrow('1.2');
		given.call('remove_dependency', { id: '2', dependsOn: '1' });
		expect(given.item(2).dependencies).toEqual([]);
	});

	const BROKEN = [
		{ id: 1, dependencies: [2, 2, 9, 1] },
		{
			id: 2,
			dependencies: [3],
			subtasks: [
				{ id: 1, dependencies: [2, 8] },
				{ id: 2, dependencies: [1] },
			],
		},
		{ id: 3, dependencies: [1, '4.1'] as const },
	];

	it('lists what is missing, on itself and in circles', () => {
		const answer = givenBacklog(BROKEN).call('validate_dependencies');
		const told = (answer['problems'] as { type: string; taskId: string; dependencyId: string }[]).map(
			({ type, taskId, dependencyId }) => `${type} ${taskId} ${dependencyId}`,
		);
		expect(told).toEqual([
			'missing 1 9',
			'missing 2.1 8',
			'missing 3 4.1',
			'self 1 1',
			'circular 3 1',
			'circular 2.2 2.1',
		]);
	});

	it('mends them in one tag, names the circles, and leaves other tags alone', () => {
		const given = givenBacklog(BROKEN);
		given.call('copy_tag', { sourceName: 'master', targetName: 'other' });
		const answer = given.call('fix_dependencies');
		expect(answer['cycles']).toEqual(['3 → 1 → 2 → 3', '2.2 → 2.1 → 2.2']);
		expect(given.call('validate_dependencies')['valid']).toBe(true);
		expect(given.item(1).dependencies).toEqual([2]);
		expect(given.item(1, 'other').dependencies).toEqual([2, 2, 9, 1]);
	});

	it('walks a chain of thousands without running out of stack', () => {
		const chain = Array.from({ length: 5_000 }, (_, at) => ({ id: at + 1, dependencies: [((at + 1) % 5_000) + 1] }));
		const given = givenBacklog(chain);
		expect(given.call('validate_dependencies')).toMatchObject({ problemCount: 1, problems: [{ taskId: '5000' }] });
		expect(given.call('fix_dependencies')['fixed']).toBe(1);
		expect(() => given.call('add_dependency', { id: '5000', dependsOn: '1' })).toThrow('circle');
	});
});

describe('move_task', () => {
	it('renumbers a task, and every reference to it and its subtasks', () => {
		const given = givenBacklog([
			{ id: 1, subtasks: [{ id: 1 }, { id: 2, dependencies: [1, '1.1'] }] },
			{ id: 2, dependencies: [1, '1.2'], subtasks: [{ id: 1, dependencies: ['1.1'] }] },
		]);
		expect(given.call('move_task', { from: '1', to: '25' })['moves']).toEqual([{ from: '1', to: '25' }]);
		expect(given.items().map(({ id }) => id)).toEqual([2, 25]);
		expect(given.item(2)).toMatchObject({ dependencies: [25, '25.2'], subtasks: [{ dependencies: ['25.1'] }] });
		expect(given.item(25).subtasks[1]?.dependencies).toEqual([1]);
	});

	it('refuses what is taken, unknown, itself, or a task with parts under another', () => {
		const given = givenBacklog([
			{ id: 1, subtasks: [{ id: 1 }] },
			{ id: 2, subtasks: [{ id: 1 }] },
		]);
		const refusal = (from: string, to: string) => () => given.call('move_task', { from, to });
		expect(refusal('1', '2')).toThrow('There is a task 2 already');
		expect(refusal('1.1', '2.1')).toThrow('There is a subtask 2.1 already');
		expect(refusal('9', '3')).toThrow('no task 9');
		expect(refusal('1', '1.2')).toThrow('part of itself');
		expect(refusal('1', '2.2')).toThrow('subtasks of its own');
		expect(refusal('1,2', '3')).toThrow('to 1 places');
		expect(refusal('1.1,9', '5,6')).toThrow('no task 9');
		expect(given.facts).toHaveLength(3);
	});

	it('reorders subtasks, moves them to other tasks and out of theirs, with what they hold', () => {
		const given = givenBacklog([
			{ id: 1, subtasks: [{ id: 1, details: 'Kept' }, { id: 2, dependencies: [1] }, { id: 3 }] },
			{ id: 2, dependencies: ['1.1'] },
		]);
		given.call('move_task', { from: '1.1', to: '1.3' });
		expect(given.item(1).subtasks.map(({ id }) => id)).toEqual([2, 3, 1]);
		given.call('move_task', { from: '1.1', to: '2.4' });
		expect(given.item(1).subtasks[0]?.dependencies).toEqual(['2.4']);
		expect(given.item(2)).toMatchObject({ dependencies: [], subtasks: [{ id: 4, details: 'Kept' }] });
		given.call('move_task', { from: '2.4', to: '9' });
		expect(given.item(9)).toMatchObject({ details: 'Kept', subtasks: [] });
		expect(given.item(1).subtasks[0]?.dependencies).toEqual([9]);
	});

	it('pairs many with many, also where one goes where another leaves', () => {
		const given = givenBacklog([
			{ id: 1, title: 'A' },
			{ id: 2, title: 'B', dependencies: [1] },
		]);
		given.call('move_task', { from: '1,2', to: '2,3' });
		expect(given.items()).toMatchObject([
			{ id: 2, title: 'A' },
			{ id: 3, title: 'B', dependencies: [2] },
		]);
	});

	it('brings tasks to another tag, whole or not at all', () => {
		const given = givenBacklog([{ id: 1 }, { id: 2, dependencies: [1] }, { id: 3, dependencies: [2] }]);
		const across = (args: object) => given.call('move_task', { from: '2', fromTag: 'master', toTag: 'later', ...args });
		expect(() => across({})).toThrow('2 waits for 1');
		expect(given.backlog.tags).toHaveLength(1);
		across({ ignoreDependencies: true });
		expect(given.item(2, 'later').dependencies).toEqual([]);
		expect(given.item(3).dependencies).toEqual([]);
		given.call('add_task', { title: 'Another two' });
		expect(() => given.call('move_task', { from: '2', fromTag: 'later', toTag: 'master', to: '3' })).toThrow(
			'has task 3',
		);
		expect(() => given.call('move_task', { from: '3.1', toTag: 'later' })).toThrow('only whole tasks');
	});

	it('brings along what is waited for', () => {
		const given = givenBacklog([{ id: 1 }, { id: 2, dependencies: [1] }, { id: 3 }]);
		given.call('move_task', { from: '2', toTag: 'later', withDependencies: true });
		expect(given.items('later').map(({ id }) => id)).toEqual([1, 2]);
		expect(given.item(2, 'later').dependencies).toEqual([1]);
		expect(given.items().map(({ id }) => id)).toEqual([3]);
	});

	it('takes watchers and runs along', () => {
		const given = givenBacklog([{ id: 1, subtasks: [{ id: 1 }] }]);
		given.do({ type: 'Watch', at: AT, watchId: 'w', person: ANN, item: '1.1' });
		given.call('move_task', { from: '1', to: '5' });
		given.call('set_task_status', { id: '5.1', status: 'done' });
		expect(given.backlog.watches[0]?.item).toBe('5.1');
		expect(given.backlog.notices.at(-1)?.text).toBe('Subtask 5.1 “Part 1” is now done (was pending).');
	});
});

describe('tags', () => {
	it('take along under a new name what is going on in them', () => {
		const given = givenBacklog([{ id: 1 }]);
		given.call('add_tag', { name: 'next', copyFromCurrent: true });
		const args = { id: '1', tag: 'next' };
		const begun = { operationId: 'o1', taskId: asTaskId('t1'), tool: 'expand_task', args, by: ANN };
		given.do({ type: 'BeginOperation', at: AT, ...begun });
		given.do({ type: 'BeginRun', at: AT, tag: 'next', item: '1', taskId: asTaskId('t2'), by: ANN });
		given.call('rename_tag', { oldName: 'next', newName: 'soon' });
		const { operations, runs } = given.backlog;
		expect([...operations, ...runs].map(({ tag }) => tag)).toEqual(['soon', 'soon']);
	});

	it('are added, used, renamed, copied and deleted; the first one stays', () => {
		const given = givenBacklog([{ id: 1, status: 'done' }, { id: 2 }]);
		given.call('add_tag', { name: 'next', copyFromCurrent: true, description: 'Later' });
		given.call('use_tag', { name: 'next' });
		given.call('remove_task', { id: '1' });
		given.call('rename_tag', { oldName: 'next', newName: 'soon' });
		expect(given.call('list_tags', { showMetadata: true })).toMatchObject({
			currentTag: 'soon',
			tags: [
				{ name: 'master', taskCount: 2, completedTasks: 1, isCurrent: false },
				{ name: 'soon', taskCount: 1, completedTasks: 0, isCurrent: true, description: 'Later' },
			],
		});
		expect(given.call('copy_tag', { sourceName: 'soon', targetName: 'third' })['tasksCopied']).toBe(1);
		expect(given.call('delete_tag', { name: 'soon' })['tasksDeleted']).toBe(1);
		expect(given.backlog.currentTag).toBe('master');
		expect(() => given.call('delete_tag', { name: 'master' })).toThrow('cannot be deleted');
		expect(() => given.call('rename_tag', { oldName: 'master', newName: 'x' })).toThrow('cannot be renamed');
		expect(() => given.call('add_tag', { name: 'third' })).toThrow('already');
		expect(() => given.call('add_tag', { name: 'a b' })).toThrow('cannot be a tag');
		expect(() => given.call('use_tag', { name: 'nowhere' })).toThrow('There is no tag');
	});
});
