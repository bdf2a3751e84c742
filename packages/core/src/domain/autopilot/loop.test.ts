import { describe, expect, it } from 'vitest';
import { ANN, AT, type GivenBacklog, givenBacklog } from '../backlog/fixture/given-backlog.ts';
import { branchName } from './branch-name.ts';
import { commitMessage, ownMessage } from './commit-message.ts';
import { loopAnswer, loopDetails, nextStep } from './loop-answer.ts';
import { inDependencyOrder } from './open-subitems.ts';
import { readTestCounts } from './test-counts.ts';

const BASE = 'a'.repeat(40);
const begin = (loopId = 'l1', over: object = {}) => ({
	...({ type: 'BeginLoop', at: AT, loopId, item: '1', branch: 'task-1', from: 'main', base: BASE, by: ANN } as const),
	...{ force: false, ...over },
});
const complete = (sub: number, phase: 'red' | 'green', failed: number, unsaved = true) => ({
	...({ type: 'CompletePhase', at: AT, loopId: 'l1', sub, phase, unsaved } as const),
	tests: { total: 3, passed: 3 - failed, failed, skipped: 0 },
});
const committed = (sub: number, commit = `${sub}`.repeat(40)) =>
	({ type: 'NoteCommit', at: AT, loopId: 'l1', sub, commit }) as const;
const end = (outcome: 'finished' | 'aborted') => ({ type: 'EndLoop', at: AT, loopId: 'l1', outcome }) as const;

/** The second of two subitems comes first, because the other one waits for it. */
const two = () =>
	givenBacklog([
		{
			id: 1,
			title: 'Pay',
			subtasks: [
				{ id: 1, title: 'Bills', dependencies: [2] },
				{ id: 2, title: 'Cards' },
			],
		},
	]);
const statuses = (given: GivenBacklog) => {
	const { status, subtasks } = given.item(1);
	return [status, ...subtasks.map((sub) => sub.status)];
};
const types = (facts: readonly { readonly type: string }[]) => facts.map(({ type }) => type);

describe('a loop over subitems', () => {
	it('goes from a failing test to a commit, one subitem after those it depends on', () => {
		const given = two();
		expect(types(given.do(begin()))).toEqual(['StatusChanged', 'LoopBegun']);
		expect(given.backlog.loop).toMatchObject({ sub: 2, phase: 'red', head: BASE, maxAttempts: 3, status: 'going' });
		expect(statuses(given)).toEqual(['in-progress', 'pending', 'in-progress']);
		given.do(complete(2, 'red', 1));
		expect(given.backlog.loop).toMatchObject({ sub: 2, phase: 'green', tests: { failed: 1 } });
		given.do(complete(2, 'green', 0));
		expect(given.backlog.loop).toMatchObject({ sub: 2, phase: 'commit' });
		given.do(committed(2));
		expect(given.backlog.loop).toMatchObject({ sub: 1, phase: 'red', attempts: 0, head: '2'.repeat(40) });
		expect(statuses(given)).toEqual(['in-progress', 'in-progress', 'done']);
		for (const command of [complete(1, 'red', 1), complete(1, 'green', 0), committed(1)]) given.do(command);
		expect(statuses(given)).toEqual(['done', 'done', 'done']);
		expect(loopAnswer(given.backlog, given.backlog.loop as never)).toMatchObject({
			phase: 'FINALIZE',
			currentSubtask: null,
		});
		expect(types(given.do(end('finished')))).toEqual(['LoopEnded']);
		expect(given.backlog.loop?.commits.map(({ sub }) => sub)).toEqual([2, 1]);
	});

	it('changes nothing when the same is said twice', () => {
		const given = two();
		given.do(begin());
		expect(given.do(begin())).toEqual([]);
		for (const command of [complete(2, 'red', 1), complete(2, 'green', 0), committed(2)]) given.do(command);
		expect(given.do(committed(2))).toEqual([]);
		given.do(end('aborted'));
		expect(given.do(end('aborted'))).toEqual([]);
	});

	it('is refused where there is nothing to go over, or another one is under way', () => {
		const given = givenBacklog([
			{ id: 1, subtasks: [{ id: 1 }] },
			{ id: 2 },
			{ id: 3, subtasks: [{ id: 1, status: 'done' }] },
		]);
		expect(() => given.do(begin('l1', { item: '2' }))).toThrow('no subtasks');
		expect(() => given.do(begin('l1', { item: '3' }))).toThrow('no open subtasks');
		expect(() => given.do(begin('l1', { item: '1.1' }))).toThrow('is a subtask');
		expect(() => given.do(begin('l1', { item: '9' }))).toThrow('no task 9');
		given.do(begin());
		expect(() => given.do(begin('l2'))).toThrow('under way already');
		expect(types(given.do(begin('l2', { force: true })))).toEqual(['LoopEnded', 'LoopBegun']);
	});

	it('counts attempts, blocks the subitem after too many, and gives it new ones when it is resumed', () => {
		const given = two();
		given.do(begin('l1', { maxAttempts: 2 }));
		given.do(complete(2, 'red', 1));
		given.do(complete(2, 'green', 2));
		expect(given.backlog.loop).toMatchObject({ attempts: 1, blocked: false, phase: 'green' });
		given.do(complete(2, 'green', 1));
		expect(given.backlog.loop).toMatchObject({ attempts: 2, blocked: true });
		expect(statuses(given)).toEqual(['in-progress', 'pending', 'blocked']);
		expect(() => given.do(complete(2, 'green', 0))).toThrow('is blocked');
		expect(() => given.do(committed(2))).toThrow('is blocked');
		given.do({ type: 'UnblockLoop', at: AT, loopId: 'l1' });
		expect(given.do({ type: 'UnblockLoop', at: AT, loopId: 'l1' })).toEqual([]);
		given.do(complete(2, 'green', 0));
		expect(given.backlog.loop).toMatchObject({ phase: 'commit', attempts: 0 });
	});

	it('passes over what is there already, but keeps the test that shows it', () => {
		const given = two();
		given.do(begin());
		given.do(complete(2, 'red', 0, false));
		expect(given.backlog.loop).toMatchObject({ sub: 1, phase: 'red', commits: [] });
		expect(statuses(given)).toEqual(['in-progress', 'in-progress', 'done']);
		given.do(complete(1, 'red', 0, true));
		expect(given.backlog.loop).toMatchObject({ sub: 1, phase: 'commit' });
	});

	it('refuses what was said of another stand than the present one', () => {
		const given = two();
		given.do(begin());
		expect(() => given.do(committed(2))).toThrow('not ready');
		given.do(complete(2, 'red', 1));
		expect(() => given.do(complete(2, 'red', 1))).toThrow('went on meanwhile');
		expect(() => given.do(complete(1, 'green', 0))).toThrow('went on meanwhile');
		expect(() =>
			given.do({ ...complete(2, 'green', 0), tests: { total: 4, passed: 0, failed: 0, skipped: 4 } }),
		).toThrow('No test');
		given.do(complete(2, 'green', 0));
		expect(() => given.do(complete(2, 'green', 0))).toThrow('waits for its commit');
		expect(() => given.do(end('finished'))).toThrow('1.2, 1.1');
	});

	it('goes on with what is open, whatever was changed by hand', () => {
		const given = two();
		given.do(begin());
		given.do(complete(2, 'red', 1));
		given.call('set_task_status', { id: '1.2', status: 'done' });
		expect(nextStep(given.backlog, given.backlog.loop as never)).toMatchObject({
			action: 'generate_test',
			subtask: { id: '1.1' },
		});
		given.call('add_subtask', { id: '1', title: 'Refunds' });
		for (const command of [complete(1, 'red', 1), complete(1, 'green', 0), committed(1)]) given.do(command);
		expect(given.backlog.loop).toMatchObject({ sub: 3, phase: 'red' });
		given.call('set_task_status', { id: '1.3', status: 'deferred' });
		given.do(end('finished'));
		expect(given.item(1).status).toBe('review');
	});

	it('follows its item where that goes, and says so where it is gone', () => {
		const given = two();
		given.do(begin());
		given.call('move_task', { from: '1', to: '5' });
		expect(loopAnswer(given.backlog, given.backlog.loop as never)).toMatchObject({
			taskId: '5',
			currentSubtask: { id: '2' },
		});
		given.do(complete(2, 'red', 1));
		given.call('remove_task', { id: '5' });
		expect(nextStep(given.backlog, given.backlog.loop as never)).toMatchObject({ action: 'abort_workflow' });
		expect(() => given.do(complete(2, 'green', 0))).toThrow('there no more');
		given.do(end('aborted'));
		expect(given.backlog.loop?.status).toBe('aborted');
	});
});

describe('what clients are told', () => {
	it('has what is needed to write the test, and how far things are', () => {
		const given = two();
		given.do(begin());
		const { loop } = given.backlog;
		if (loop === undefined) throw new TypeError('There is no loop.');
		expect(nextStep(given.backlog, loop)).toMatchObject({
			action: 'generate_test',
			actionDescription: expect.stringContaining('1.2 “Cards” that fails'),
			subtask: { id: '1.2', task: { id: '1', title: 'Pay' } },
		});
		expect(loopDetails(given.backlog, loop)).toMatchObject({
			subtasks: [{ id: '2' }, { id: '1' }],
			metadata: { baseBranch: 'main', maxAttempts: 3 },
		});
	});
});

describe('a branch’s name', () => {
	it('is safe whatever the tag is called', () => {
		expect(branchName('master', 7)).toBe('task-7');
		expect(branchName('feature/pay now', 7)).toBe('task-7-feature-pay-now');
		for (const tag of ['--force', '../..', '名前', ' ', '@{-1}', `${'x'.repeat(300)}`]) {
			expect(branchName(tag, 7)).toMatch(/^task-7-[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*$/);
		}
	});
});

describe('a commit’s message', () => {
	it('says what was done, in which task, and how the tests were', () => {
		const given = givenBacklog([
			{ id: 7, subtasks: [{ id: 1, title: 'Take\n cards\u0000', description: 'All kinds.' }] },
		]);
		const [sub] = given.item(7).subtasks;
		if (sub === undefined) throw new TypeError('There is no subitem.');
		const tests = { total: 5, passed: 4, failed: 0, skipped: 1 };
		const message = commitMessage(given.item(7), sub, tests);
		expect(message).toBe('Take cards (task 7.1)\n\nAll kinds.\n\nTask: 7.1\nTests: 4 passed, 1 skipped');
		const long = commitMessage(given.item(7), { ...sub, title: 'x'.repeat(200) }, undefined);
		expect(long.split('\n')[0]).toHaveLength(72);
		expect(ownMessage(' \u0000\u0007 ')).toBe('');
	});
});

describe('results of tests', () => {
	it('are read as clients give them', () => {
		const given = { total: '3', passed: 2, failed: 1 };
		expect(readTestCounts({ testResults: given })).toEqual({ total: 3, passed: 2, failed: 1, skipped: 0 });
		const some = readTestCounts({ testResults: { total: 5, passed: 2, failed: 0 } });
		expect(some).toMatchObject({ skipped: 3 });
	});

	it('are refused where they cannot be', () => {
		const wrong = [
			{},
			{ passed: 1 },
			{ passed: -1, failed: 0 },
			{ total: 1, passed: 1, failed: 1 },
			{ passed: 0.5, failed: 0 },
		];
		for (const testResults of wrong) expect(() => readTestCounts({ testResults })).toThrow();
		expect(() => readTestCounts({})).toThrow('No results');
	});
});

describe('the order of subitems', () => {
	it('is their own in a circle, and found for thousands in a chain', () => {
		const circle = givenBacklog([
			{
				id: 1,
				subtasks: [
					{ id: 1, dependencies: [2] },
					{ id: 2, dependencies: [1] },
				],
			},
		]);
		expect(inDependencyOrder(circle.item(1))).toHaveLength(2);
		const subtasks = Array.from({ length: 5_000 }, (_, at) => ({
			id: at + 1,
			dependencies: at === 4_999 ? [] : [at + 2],
		}));
		const chain = givenBacklog([{ id: 1, subtasks }]);
		expect(inDependencyOrder(chain.item(1)).map(({ id }) => id)[0]).toBe(5_000);
	});
});
