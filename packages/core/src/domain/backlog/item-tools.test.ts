import { describe, expect, it } from 'vitest';
import { AT, type GivenItem, givenBacklog } from './fixture/given-backlog.ts';

const HIGH = { priority: 'high' } as const;
const DONE = { status: 'done' } as const;

describe('next_task', () => {
	const next = (...items: GivenItem[]) =>
		(givenBacklog(items).call('next_task')['nextTask'] as { id: unknown } | null)?.id;

	it('takes the most urgent one whose dependencies are done', () => {
		expect(next({ id: 1 }, { id: 2, ...HIGH, dependencies: [1] }, { id: 3, priority: 'low' })).toBe(1);
		expect(next({ id: 1, ...DONE }, { id: 2, ...HIGH, dependencies: [1] }, { id: 3 })).toBe(2);
	});

	it('takes the one with fewer dependencies, then the smaller id, whether it is in progress or not', () => {
		expect(next({ id: 1, ...DONE }, { id: 2, dependencies: [1] }, { id: 3 })).toBe(3);
		expect(next({ id: 2 }, { id: 3, status: 'in-progress' })).toBe(2);
	});

	it('takes open subtasks of tasks in progress first', () => {
		const parent = { id: 7, status: 'in-progress', priority: 'low' } as const;
		const subtasks = [
			{ id: 1, ...DONE },
			{ id: 2, dependencies: [1] },
			{ id: 3, dependencies: [2] },
		];
		expect(next({ id: 1, ...HIGH }, { ...parent, subtasks })).toBe('7.2');
		expect(next({ id: 1, ...HIGH }, { id: 7, subtasks })).toBe(1);
		const [first, second] = [
			{ id: 1, dependencies: [] },
			{ id: 2, ...HIGH },
		];
		expect(next({ ...parent, subtasks: [first, second] })).toBe('7.2');
	});

	it('finds nothing behind what was cancelled, and says why', () => {
		const given = givenBacklog([
			{ id: 1, status: 'cancelled' },
			{ id: 2, dependencies: [1] },
		]);
		expect(given.call('next_task')).toMatchObject({ nextTask: null, message: expect.stringContaining('waits') });
	});
});

describe('set_task_status', () => {
	it('sets many at once and tells each one’s way', () => {
		const given = givenBacklog([{ id: 1 }, { id: 2, subtasks: [{ id: 1 }] }]);
		const answer = given.call('set_task_status', { id: '1,2.1', status: 'in-progress' });
		expect(answer['tasks']).toEqual([
			{ taskId: '1', oldStatus: 'pending', newStatus: 'in-progress' },
			{ taskId: '2.1', oldStatus: 'pending', newStatus: 'in-progress' },
		]);
		expect(given.item(2).status).toBe('in-progress');
		expect(given.facts.at(-1)?.type).toBe('StatusChanged');
	});

	it('lets the parent follow its subtasks, but no subtask its parent', () => {
		const given = givenBacklog([{ id: 1, subtasks: [{ id: 1 }, { id: 2 }] }]);
		const parentAfter = (id: string, status: string) => {
			given.call('set_task_status', { id, status });
			return given.item(1).status;
		};
		expect(parentAfter('1.1', 'done')).toBe('in-progress');
		expect(parentAfter('1.2', 'completed')).toBe('done');
		expect(parentAfter('1.1,1.2', 'pending')).toBe('pending');
		expect(parentAfter('1.1', 'deferred')).toBe('pending');
		expect(parentAfter('1', 'done')).toBe('done');
		expect(given.item(1).subtasks.map(({ status }) => status)).toEqual(['deferred', 'pending']);
	});

	it('changes nothing for what is so already, or if one id or the status is unknown', () => {
		const given = givenBacklog([{ id: 1 }]);
		expect(given.call('set_task_status', { id: '1', status: 'pending' })['tasks']).toEqual([
			{ taskId: '1', oldStatus: 'pending', newStatus: 'pending' },
		]);
		expect(() => given.call('set_task_status', { id: '1,9', status: 'done' })).toThrow('There is no task 9');
		expect(() => given.call('set_task_status', { id: '1', status: 'gone' })).toThrow('"gone" is no status');
		expect(given.item(1).status).toBe('pending');
	});

	it('keeps every one of many changes that come at once', () => {
		const given = givenBacklog(Array.from({ length: 100 }, (_, at) => ({ id: at + 1 })));
		for (let id = 1; id <= 100; id += 1) given.call('set_task_status', { id: String(id), status: 'done' });
		expect(given.items().filter(({ status }) => status === 'done')).toHaveLength(100);
	});
});

describe('adding', () => {
	it('gives a task the next id and leaves unknown dependencies out, with a warning', () => {
		const given = givenBacklog([{ id: 4 }]);
		const answer = given.call('add_task', { title: 'New', dependencies: '4, 99', priority: 'sometime' });
		expect(answer).toMatchObject({
			taskId: 5,
			warnings: [expect.stringContaining('99'), expect.stringContaining('sometime')],
		});
		expect(given.item(5)).toMatchObject({ title: 'New', dependencies: [4], priority: 'medium', status: 'pending' });
		expect(() => given.call('add_task', { description: 'x' })).toThrow('needs a title');
	});

	it('adds subtasks with dependencies on siblings', () => {
		const given = givenBacklog([{ id: 1, subtasks: [{ id: 3 }] }]);
		const answer = given.call('add_subtask', { id: 1, title: 'Part', dependencies: '3,9' });
		expect(answer).toMatchObject({
			subtask: { id: 4, dependencies: [3], parentId: 1 },
			warnings: [expect.any(String)],
		});
	});

	it('turns a task into a subtask with all it holds; references follow', () => {
		const given = givenBacklog([
			{ id: 1, dependencies: [2] },
			{ id: 2, details: 'Kept', dependencies: [3], extra: { note: 1 } },
			{ id: 3 },
			{ id: 4, dependencies: [2] },
		]);
		given.call('add_subtask', { id: '1', taskId: '2' });
		expect(given.item(1).dependencies).toEqual([]);
		expect(given.item(1).subtasks).toMatchObject([{ id: 1, details: 'Kept', dependencies: [3], extra: { note: 1 } }]);
		expect(given.item(4).dependencies).toEqual(['1.1']);
		expect(() => given.call('add_subtask', { id: '1', taskId: '1' })).toThrow('part of itself');
	});

	it('lets the parent wait where a number would mean a sibling', () => {
		const given = givenBacklog([{ id: 1 }, { id: 2, dependencies: [1] }, { id: 3, subtasks: [{ id: 1 }] }]);
		const answer = given.call('add_subtask', { id: '3', taskId: '2' });
		expect(given.item(3)).toMatchObject({ dependencies: [1], subtasks: [{ id: 1 }, { id: 2, dependencies: [] }] });
		expect(answer['warnings']).toEqual(['Task 3 waits for 1 in place of its subtask 3.2.']);
	});
});

describe('removing', () => {
	it('takes references along, in this tag only', () => {
		const given = givenBacklog([
			{ id: 1, subtasks: [{ id: 1 }, { id: 2, dependencies: [1] }] },
			{ id: 2, dependencies: [1, '1.1'] },
		]);
		given.call('copy_tag', { sourceName: 'master', targetName: 'other' });
		given.call('remove_task', { id: '1.1' });
		expect(given.item(2).dependencies).toEqual([1]);
		expect(given.item(1).subtasks).toMatchObject([{ id: 2, dependencies: [] }]);
		given.call('remove_task', { id: '1' });
		expect(given.item(2).dependencies).toEqual([]);
		expect(given.item(2, 'other').dependencies).toEqual([1, '1.1']);
	});

	it('removes nothing if one id is unknown', () => {
		const given = givenBacklog([{ id: 1 }]);
		expect(() => given.call('remove_task', { id: '1,2' })).toThrow('There is no task 2');
		expect(given.items()).toHaveLength(1);
	});

	it('makes a task of a subtask, which waits for its former parent', () => {
		const given = givenBacklog([
			{ id: 1, ...HIGH, subtasks: [{ id: 1 }, { id: 2, dependencies: [1], details: 'Kept' }] },
		]);
		given.call('remove_subtask', { id: '1.2', convert: true });
		expect(given.item(2)).toMatchObject({ priority: 'high', dependencies: ['1.1', 1], details: 'Kept' });
	});

	it('lets it not wait where that would close a circle', () => {
		const given = givenBacklog([{ id: 1, dependencies: ['1.1'], subtasks: [{ id: 1 }] }]);
		given.call('remove_subtask', { id: '1.1', convert: 'true' });
		expect(given.item(1).dependencies).toEqual([2]);
		expect(given.item(2).dependencies).toEqual([]);
	});

	it('clears subtasks and what waits for them', () => {
		const given = givenBacklog([{ id: 1, subtasks: [{ id: 1 }] }, { id: 2, dependencies: ['1.1'] }, { id: 3 }]);
		expect(given.call('clear_subtasks', { all: true })['clearedTasks']).toEqual(['1']);
		expect(given.item(2).dependencies).toEqual([]);
		expect(() => given.call('clear_subtasks')).toThrow('No task was named');
	});
});

describe('reading', () => {
	it('counts and filters', () => {
		const given = givenBacklog([
			{ id: 1, ...DONE, subtasks: [{ id: 1, ...DONE }] },
			{ id: 2, status: 'blocked' },
		]);
		const answer = given.call('get_tasks', { status: 'done,blocked', withSubtasks: true });
		expect(answer['tasks']).toMatchObject([{ id: 1, subtasks: [{ id: 1 }] }, { id: 2 }]);
		expect(answer['stats']).toMatchObject({
			total: 2,
			completed: 1,
			blocked: 1,
			completionPercentage: 50,
			subtasks: { total: 1, completed: 1 },
		});
		expect(given.call('get_tasks')['tasks']).not.toMatchObject([{ subtasks: expect.anything() }]);
	});

	it('pages through a large list, whatever happens between the pages', () => {
		const given = givenBacklog(Array.from({ length: 1_000 }, (_, at) => ({ id: at + 1, details: 'd'.repeat(300) })));
		const first = given.call('get_tasks');
		expect(JSON.stringify(first).length).toBeLessThan(65_000);
		expect(first).toMatchObject({ note: expect.any(String), stats: { total: 1_000 } });
		const seen: number[] = [];
		let cursor: string | undefined = '0';
		while (cursor !== undefined) {
			const page = given.call('get_tasks', { limit: 300, cursor, compact: true });
			seen.push(...(page['tasks'] as { id: number }[]).map(({ id }) => id));
			cursor = page['nextCursor'] as string | undefined;
			if (cursor !== undefined) given.call('remove_task', { id: cursor });
		}
		expect(seen).toEqual(Array.from({ length: 1_000 }, (_, at) => at + 1));
	});

	it('shows tasks and subtasks, several at once, with their complexity', () => {
		const given = givenBacklog([{ id: 1, subtasks: [{ id: 2 }] }]);
		expect(given.call('get_task', { id: '1' })).toMatchObject({ id: 1, title: 'Task 1' });
		expect(given.call('get_task', { id: '1.2' })).toMatchObject({ id: 2, parentTask: { id: 1 } });
		expect(given.call('get_task', { id: '1,1.2,7' })).toMatchObject({ tasks: [{ id: 1 }, { id: 2 }], notFound: ['7'] });
		expect(() => given.call('get_task', { id: '7' })).toThrow('There is no task 7');
	});

	it('appends notes with their time, and keeps metadata', () => {
		const given = givenBacklog([{ id: 1, details: 'Before', subtasks: [{ id: 1 }] }]);
		given.call('update_subtask', { id: '1.1', prompt: 'Found it.' }, AT);
		given.call('update_task', { id: '1', metadata: '{"ticket": "A-1"}' });
		expect(given.item(1).subtasks[0]?.details).toBe(
			'<info added on 2026-11-21T15:00:00.000Z>\nFound it.\n</info added on 2026-11-21T15:00:00.000Z>',
		);
		expect(given.call('get_task', { id: 1 })).toMatchObject({ details: 'Before', metadata: { ticket: 'A-1' } });
	});
});
