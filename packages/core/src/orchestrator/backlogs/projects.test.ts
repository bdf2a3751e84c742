import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { asPersonId } from '../../domain/ids.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { OpenedBacklogs } from './fixture/opened-backlogs.ts';

const OWNER = { person: asPersonId('ann'), role: 'owner' } as const;
const LONG_MS = 600_000;

let opened: OpenedBacklogs;
beforeEach(async () => {
	opened = await OpenedBacklogs.begin();
});
afterEach(() => opened.end());

const tasksFile = () => readFile(join(opened.root, '.taskmaster/tasks/tasks.json'), 'utf8');

function openWith(clock: FakeClock) {
	const streams = opened.open(undefined, clock);
	return { streams, call: opened.caller(streams), forget: vi.spyOn(streams.driven.handler, 'forget') };
}

it('lets go of a project that nobody calls, and takes it up again', async () => {
	const clock = new FakeClock();
	const { call, forget } = openWith(clock);
	await call('add_task', { title: 'Paint the door', description: 'Red.' });
	await clock.advance(LONG_MS);
	await vi.waitFor(() => expect(forget).toHaveBeenCalledTimes(1));
	await call('set_task_status', { id: '1', status: 'done' });
	expect(await call('get_task', { id: '1' })).toMatchObject({ title: 'Paint the door', status: 'done' });
	expect(JSON.parse(await tasksFile())).toMatchObject({ master: { tasks: [{ id: 1, status: 'done' }] } });
});

it('lets go of none as long as somebody looks on', async () => {
	const clock = new FakeClock();
	const { streams, call, forget } = openWith(clock);
	await call('add_task', { title: 'Paint the door', description: 'Red.' });
	const stop = await streams.desk.follow(OWNER, opened.root, () => {});
	await clock.advance(LONG_MS);
	await call('get_task', { id: '1' });
	expect(forget).not.toHaveBeenCalled();
	stop();
	await vi.waitFor(async () => {
		await clock.advance(LONG_MS);
		expect(forget).toHaveBeenCalledTimes(1);
	});
});

it('keeps a bounded number open, and writes what is not in a file yet of one that makes room', async () => {
	// The clock stands still, so that what waits to be written with other changes waits for good.
	const { call } = openWith(new FakeClock());
	await call('add_task', { title: 'First', description: 'What.' });
	const { master } = JSON.parse(await tasksFile());
	const tasks = Array.from({ length: 600 }, (_, index) => ({ ...master.tasks[0], id: index + 1 }));
	await writeFile(join(opened.root, '.taskmaster/tasks/tasks.json'), JSON.stringify({ master: { ...master, tasks } }));
	await call('set_task_status', { id: '600', status: 'done' });
	const isWritten = async () => JSON.parse(await tasksFile()).master.tasks[599].status === 'done';
	expect(await isWritten()).toBe(false);
	for (let other = 0; other < 100; other++) await call('list_tags', { file: `other-${other}.json` });
	await vi.waitFor(async () => expect(await isWritten()).toBe(true), 5_000);
});
