import { beforeEach, describe, expect, it } from 'vitest';
import { CoreError } from '../../domain/errors.ts';
import { asPersonId, asTaskId } from '../../domain/ids.ts';
import type { TaskView } from '../../domain/task/view.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import type { Principal, TaskSummary } from '../desks/desk.ts';
import { RunTally } from './run-tally.ts';

const ANN: Principal = { person: asPersonId('ann'), role: 'owner' };

let tasks: TaskSummary[];
let pages: number;
let clock: FakeClock;
let tally: RunTally;
beforeEach(() => {
	[tasks, pages, clock] = [[], 0, new FakeClock()];
	tally = new RunTally({
		clock,
		tasks: {
			list: async (_who, { before = 0, limit }) => {
				pages += 1;
				const next = before + limit < tasks.length ? { next: before + limit } : {};
				return { tasks: tasks.slice(before, before + limit), ...next };
			},
			view: async (_who, id) => {
				const task = tasks.find((one) => one.id === id);
				if (task === undefined) throw new CoreError('unknown-task', 'It is not there.', { hint: 'List them.' });
				return { ...task, plan: { by: `workflow:${task.workflow}` } } as unknown as TaskView;
			},
		},
	});
});

function run(status: TaskSummary['status'], workflow?: string): void {
	const ended = status === 'done' || status === 'failed' || status === 'cancelled' ? { endedAt: 2 } : {};
	const id = asTaskId(`t${tasks.length}`);
	tasks.unshift({ id, goal: 'x', status, createdAt: 1, ...ended, ...(workflow === undefined ? {} : { workflow }) });
}
function become(id: string, status: TaskSummary['status']): void {
	tasks = tasks.map((task) => (task.id === id ? { ...task, status, endedAt: 3 } : task));
}

describe('runs of workflows', () => {
	it('are all counted, of each version, however many there are', async () => {
		for (let at = 0; at < 1_200; at++) run(at % 4 === 0 ? 'failed' : 'done', `offers@${1 + (at % 2)}`);
		run('done', 'other@1');
		run('done');
		expect(await tally.of(ANN, 'offers')).toMatchObject({ done: 900, failed: 300, cancelled: 0, running: 0 });
		expect((await tally.of(ANN, 'offers')).latest.slice(0, 2)).toEqual(['t1199', 't1198']);
		expect((await tally.of(ANN, 'offers')).latest).toHaveLength(200);
		expect(await tally.of(ANN, 'none')).toMatchObject({ done: 0, latest: [] });
	});

	it('that have ended are looked at once, those that go on until they end', async () => {
		for (let at = 0; at < 1_200; at++) run('done', 'offers@1');
		run('running', 'offers@1');
		run('cancelled', 'offers@1');
		expect(await tally.of(ANN, 'offers')).toMatchObject({ done: 1_200, cancelled: 1, running: 1 });
		pages = 0;
		run('failed', 'offers@1');
		expect(await tally.of(ANN, 'offers')).toMatchObject({ done: 1_200, failed: 1, cancelled: 1, running: 1 });
		become('t1200', 'done');
		expect(await tally.of(ANN, 'offers')).toMatchObject({ done: 1_201, failed: 1, cancelled: 1, running: 0 });
		expect(pages).toBe(2);
	});

	it('that go on for long do not have all later ones looked at again, be they one or very many', async () => {
		run('waiting', 'offers@1');
		for (let at = 0; at < 1_200; at++) run('done', 'offers@1');
		await tally.of(ANN, 'offers');
		pages = 0;
		run('done', 'offers@1');
		expect(await tally.of(ANN, 'offers')).toMatchObject({ done: 1_201, running: 1 });
		expect(pages).toBe(1);
		become('t0', 'failed');
		for (let at = 0; at < 150; at++) run('running', 'offers@2');
		expect(await tally.of(ANN, 'offers')).toMatchObject({ done: 1_201, failed: 1, running: 150 });
		become('t1202', 'done');
		become('t1350', 'done');
		const { latest, ...counts } = await tally.of(ANN, 'offers');
		expect(counts).toEqual({ done: 1_203, failed: 1, cancelled: 0, running: 148 });
		expect(latest).toEqual(tasks.slice(0, 200).map(({ id }) => id));
		for (const { id } of tasks.slice(0, 150)) become(id, 'done');
		expect(await tally.of(ANN, 'offers')).toMatchObject({ done: 1_351, failed: 1, running: 0 });
		tasks = tasks.slice(1);
		expect(await tally.of(ANN, 'offers')).toMatchObject({ done: 1_350, failed: 1, running: 0 });
	});

	it('are counted anew where one that went on was erased', async () => {
		for (const status of ['running', 'done', 'done'] as const) run(status, 'offers@1');
		expect(await tally.of(ANN, 'offers')).toMatchObject({ done: 2, running: 1 });
		tasks = tasks.slice(0, 1);
		expect(await tally.of(ANN, 'offers')).toMatchObject({ done: 1, running: 0 });
	});

	it('are counted anew where some were erased, and after a while, because one may have been taken up again', async () => {
		for (let at = 0; at < 5; at++) run('failed', 'offers@1');
		await tally.of(ANN, 'offers');
		tasks = tasks.slice(2);
		expect(await tally.of(ANN, 'offers')).toMatchObject({ failed: 3 });
		become('t0', 'done');
		await clock.advance(11 * 60_000);
		expect(await tally.of(ANN, 'offers')).toMatchObject({ done: 1, failed: 2 });
	});
});
