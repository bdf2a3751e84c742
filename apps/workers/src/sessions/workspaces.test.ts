import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asTaskId } from '@errand/core/domain/ids.ts';
import { REPLAY_MS } from '@errand/core/ports/session-pool.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Workspaces } from './workspaces.ts';

let dataDir: string;
let workspaces: Workspaces;
const task = asTaskId('t1');

beforeEach(async () => {
	dataDir = await mkdtemp(join(tmpdir(), 'errand-workspaces-'));
	workspaces = new Workspaces(dataDir);
});
afterEach(async () => {
	await rm(dataDir, { recursive: true, force: true });
});

test('makes a folder on demand, the same one each time, for its owner alone', async () => {
	const path = await workspaces.open(task);
	await writeFile(join(path, 'kept.txt'), 'kept');
	expect(await workspaces.open(task)).toBe(path);
	expect(await readdir(path)).toEqual(['kept.txt']);
	expect((await stat(path)).mode & 0o077).toBe(0);
});

test('removes the folder with all in it when the task ends, and again is nothing', async () => {
	const path = await workspaces.open(task);
	await writeFile(join(path, 'file.txt'), 'x');
	await workspaces.closeAll(task);
	await workspaces.closeAll(task);
	await workspaces.closeAll(asTaskId('never-opened'));
	expect(await readdir(join(dataDir, 'workspaces'))).toEqual([]);
});

test('puts the folder of a task that failed aside, and gives it back to its replay', async () => {
	await writeFile(join(await workspaces.open(task), 'note.txt'), 'written before');
	await workspaces.closeAll(task, { keepState: true });
	await workspaces.closeAll(task, { keepState: true });
	expect(await readdir(join(dataDir, 'workspaces'))).toEqual([]);
	const paths = await Promise.all(['a step', 'another'].map(() => new Workspaces(dataDir).open(task)));
	expect(new Set(paths).size).toBe(1);
	expect(await readdir(paths[0] ?? '')).toEqual(['note.txt']);
	await workspaces.closeAll(task);
	expect(await readdir(await workspaces.open(task))).toEqual([]);
});

test('forgets what was put aside when it is too late for a replay, or the task is forgotten', async () => {
	let now = Date.now();
	const aging = new Workspaces(dataDir, () => now);
	for (const id of ['old', 'forgotten']) {
		await aging.open(asTaskId(id));
		await aging.closeAll(asTaskId(id), { keepState: true });
	}
	await aging.closeAll(asTaskId('forgotten'));
	const aside = join(dataDir, 'workspaces-of-failed');
	expect(await readdir(aside)).toEqual(['old']);
	now += REPLAY_MS + 1;
	await aging.open(asTaskId('new'));
	await aging.closeAll(asTaskId('new'), { keepState: true });
	expect(await readdir(aside)).toEqual(['new']);
});

test('sweeps what belongs to no open task', async () => {
	for (const id of ['open', 'done', 'forgotten']) await workspaces.open(asTaskId(id));
	expect(await workspaces.sweep(async (id) => id === 'open')).toBe(2);
	expect(await readdir(join(dataDir, 'workspaces'))).toEqual(['open']);
});

test('sweeps nothing where there never was a workspace', async () => {
	expect(await workspaces.sweep(async () => false)).toBe(0);
});

test.each(['..', '.', '', 'a/b', '../other', 'a\0b'])('never leaves its folder for a task called %j', async (id) => {
	await expect(workspaces.open(asTaskId(id))).rejects.toMatchObject({ code: 'unknown-task' });
	await expect(workspaces.closeAll(asTaskId(id))).rejects.toMatchObject({ code: 'unknown-task' });
});
