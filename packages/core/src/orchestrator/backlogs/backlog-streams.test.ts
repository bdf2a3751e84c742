import { mkdir, mkdtemp, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { newHistorySigner } from '../../adapters/files/history-signer.ts';
import { ProjectFiles } from '../../adapters/files/project-files.ts';
import { ProjectFolders } from '../../adapters/files/project-folders.ts';
import { InProcessEventBus } from '../../adapters/in-process/in-process-event-bus.ts';
import { OnlyHome } from '../../adapters/in-process/only-home.ts';
import { SystemClock } from '../../adapters/in-process/system-clock.ts';
import { openSqliteStore, type SqliteStore } from '../../adapters/sqlite/open-sqlite-store.ts';
import type { Notice } from '../../domain/backlog/state.ts';
import { asConversationId, asPersonId, asStepId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { IArtifactStore } from '../../ports/artifact-store.ts';
import type { IBacklogWork } from '../../ports/backlog-work.ts';
import type { BacklogChange, CallOptions } from '../desks/backlog.ts';
import type { Principal } from '../desks/desk.ts';
import { BacklogStreams } from './backlog-streams.ts';
import { KeptTasks } from './fixture/kept-tasks.ts';

const ANN: Principal = { person: asPersonId('ann'), role: 'owner' };
const BOB: Principal = { person: asPersonId('bob'), role: 'member' };
const TASKS = '.taskmaster/tasks/tasks.json';
const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** Splits an item into the parts that its steps name; each step is one part. */
const splitting: IBacklogWork = {
	plan: (_backlog, { args }) => ({
		goal: `Split ${String(args['id'])}`,
		steps: ['one', 'two'].map((id) => ({
			id: asStepId(id),
			title: id,
			capability: 'test.part',
			input: {},
			dependsOn: [],
			essential: false,
		})),
		estimatedSeconds: 30,
	}),
	read: ({ args }, outputs, failures, { tag }) => {
		const subitems = Object.values(outputs).map((title) => ({ title: String(title) }));
		if (subitems.length === 0) {
			const error = { code: 'model-unavailable', message: 'No model answers.', hint: 'Look at it.' };
			return { changes: [], result: {}, error };
		}
		const changes = [{ kind: 'expanded' as const, tag, id: Number(args['id']), subitems }];
		return { changes, result: { subtasksAdded: subitems.length, warnings: Object.keys(failures) } };
	},
};

const noFiles: IArtifactStore = {
	put: () => Promise.reject(new Error('nothing is stored')),
	get: async () => undefined,
	stat: async () => undefined,
	eraseOf: async () => {},
};

let root: string;
let store: SqliteStore;
let tasks: KeptTasks;
let told: Notice[];
let opened: BacklogStreams[];

beforeEach(async () => {
	root = await realpath(await mkdtemp(join(tmpdir(), 'errand-backlog-')));
	store = openSqliteStore({ path: ':memory:', signer: newHistorySigner() });
	tasks = new KeptTasks();
	told = [];
	opened = [];
});
afterEach(async () => {
	for (const streams of opened) await streams.stop();
	store.close();
	await rm(root, { recursive: true, force: true });
});

/** Another one over the same store is what a start after a crash finds. */
function open(): BacklogStreams {
	const { events, index, snapshots } = store;
	const streams = new BacklogStreams({
		store: events,
		index,
		snapshots,
		bus: new InProcessEventBus(silent),
		homes: new OnlyHome('test', events),
		clock: new SystemClock(),
		log: silent,
		artifacts: noFiles,
		tasks,
		files: new ProjectFiles(),
		folders: new ProjectFolders(),
		mayOpen: (principal) => principal === ANN,
		work: splitting,
		tell: async (notice) => void told.push(notice),
	});
	opened.push(streams);
	return streams;
}

function caller({ desk }: BacklogStreams, principal = ANN) {
	return (tool: string, args: JsonObject = {}, options?: CallOptions) =>
		desk.call(principal, { tool, args: { projectRoot: root, ...args } }, options);
}

async function filed(tag = 'master'): Promise<readonly JsonObject[]> {
	const file = JSON.parse(await readFile(join(root, TASKS), 'utf8')) as JsonObject;
	const { tasks: items } = file[tag] as { tasks: readonly JsonObject[] };
	return items;
}

/** As another program writes it: in place. */
async function edit(change: (items: JsonObject[]) => unknown): Promise<void> {
	const file = JSON.parse(await readFile(join(root, TASKS), 'utf8')) as { master: { tasks: JsonObject[] } };
	change(file.master.tasks);
	await writeFile(join(root, TASKS), JSON.stringify(file));
}

const named = (n: number) => ({ title: `Item ${n}`, description: `About ${n}` });

describe('a project’s backlog', () => {
	it('is written to its tasks.json before a change is answered', async () => {
		const call = caller(open());
		await call('add_task', named(1));
		expect(await filed()).toMatchObject([{ id: 1, title: 'Item 1', status: 'pending' }]);
		await call('set_task_status', { id: '1', status: 'done' });
		expect(await filed()).toMatchObject([{ id: 1, status: 'done' }]);
	});

	it('writes nothing where it is only looked at', async () => {
		const streams = open();
		expect(await caller(streams)('next_task')).toMatchObject({ nextTask: null });
		await streams.stop();
		await expect(stat(join(root, '.taskmaster'))).rejects.toMatchObject({ code: 'ENOENT' });
	});

	it('keeps every one of many changes at once, through several clients', async () => {
		const calls = [caller(open()), caller(open())];
		const [first] = calls;
		for (let n = 1; n <= 20; n++) await first?.('add_task', named(n));
		const each = [...Array(100).keys()].map((n) =>
			calls[0]?.(
				n < 20 ? 'set_task_status' : 'add_task',
				n < 20 ? { id: String(n + 1), status: 'done' } : named(n + 1),
			),
		);
		await Promise.all(each);
		const items = await filed();
		expect(items).toHaveLength(100);
		expect(items.filter(({ status }) => status === 'done')).toHaveLength(20);
	});

	it('takes over what others changed in the file, before it answers', async () => {
		const call = caller(open());
		await call('add_task', named(1));
		await call('add_task', named(2));
		await edit((items) => items.push({ ...items[0], id: 7, title: 'Theirs', status: 'in-progress' }));
		expect(await call('get_task', { id: '7' })).toMatchObject({ title: 'Theirs', status: 'in-progress' });
		await call('set_task_status', { id: '2', status: 'done' });
		expect(await filed()).toMatchObject([{ id: 1 }, { id: 2, status: 'done' }, { id: 7, title: 'Theirs' }]);
	});

	it('loses neither side where both change at once', async () => {
		const call = caller(open());
		for (let n = 1; n <= 10; n++) await call('add_task', named(n));
		const theirs = (async () => {
			for (let n = 1; n <= 10; n++) {
				await edit((items) => Object.assign(items.find(({ id }) => id === n) ?? {}, { details: `Theirs ${n}` }));
				await call('get_task', { id: String(n) });
			}
		})();
		for (let n = 1; n <= 10; n++) await call('set_task_status', { id: String(n), status: 'done' });
		await theirs;
		await call('next_task');
		const { tasks: items } = await call('get_tasks');
		for (const item of items as readonly JsonObject[]) {
			expect(item).toMatchObject({ status: 'done', details: `Theirs ${String(item['id'])}` });
		}
	});

	it('knows after a crash what of the file was changed by others meanwhile', async () => {
		const call = caller(open());
		for (let n = 1; n <= 3; n++) await call('add_task', named(n));
		await edit((items) => Object.assign(items[2] ?? {}, { title: 'Changed while it was away' }));
		const again = caller(open());
		await again('set_task_status', { id: '1', status: 'done' });
		expect(await filed()).toMatchObject([{ status: 'done' }, {}, { title: 'Changed while it was away' }]);
	});

	it('keeps a broken file aside, says so, and writes a whole one', async () => {
		const call = caller(open());
		await call('add_task', named(1));
		await writeFile(join(root, TASKS), '{"master": {"tasks": [{"id": 1, "tit');
		const answer = await call('set_task_status', { id: '1', status: 'done' });
		expect(String(answer['warnings'])).toContain('.broken-');
		expect(await filed()).toMatchObject([{ id: 1, status: 'done' }]);
		const aside = /"([^"]*\.broken-[^"]*)"/.exec(String(answer['warnings']))?.[1] ?? '';
		expect(await readFile(join(root, aside), 'utf8')).toContain('"tit');
	});

	it('refuses to begin on a file that nobody can read, and leaves it alone', async () => {
		await new ProjectFiles().write(root, TASKS, 'no JSON');
		const call = caller(open());
		await expect(call('add_task', named(1))).rejects.toMatchObject({ code: 'unreadable-document' });
		expect(await readFile(join(root, TASKS), 'utf8')).toBe('no JSON');
	});

	it('keeps nothing of a call that names a file outside of its folder', async () => {
		const streams = open();
		for (const file of ['../tasks.json', '/etc/passwd', 'a\0b']) {
			await expect(caller(streams)('get_tasks', { file })).rejects.toMatchObject({ code: 'forbidden' });
		}
		expect(await streams.desk.list(ANN)).toEqual([]);
	});

	it('follows the current tag that other programs choose, and tells them its own', async () => {
		const call = caller(open());
		await call('add_tag', { name: 'feature' });
		await call('use_tag', { name: 'feature' });
		const state = join(root, '.taskmaster/state.json');
		expect(JSON.parse(await readFile(state, 'utf8'))).toMatchObject({ currentTag: 'feature' });
		await writeFile(state, JSON.stringify({ currentTag: 'master', theirs: 1 }));
		expect(await call('list_tags')).toMatchObject({ currentTag: 'master' });
		await call('use_tag', { name: 'feature' });
		expect(JSON.parse(await readFile(state, 'utf8'))).toMatchObject({ currentTag: 'feature', theirs: 1 });
	});

	it('knows the complexity report that another program left, and scores of it', async () => {
		await new ProjectFiles().write(
			root,
			TASKS,
			JSON.stringify({ master: { tasks: [{ id: 3, title: 'Theirs' }], metadata: {} } }),
		);
		const analysis = { taskId: 3, taskTitle: 'Theirs', complexityScore: 9, recommendedSubtasks: 4 };
		const report = JSON.stringify({ complexityAnalysis: [analysis] });
		await new ProjectFiles().write(root, '.taskmaster/reports/task-complexity-report.json', report);
		const call = caller(open());
		expect(await call('complexity_report')).toMatchObject({
			report: { complexityAnalysis: [{ taskId: 3, complexityScore: 9 }] },
		});
		expect(await call('next_task')).toMatchObject({ nextTask: { id: 3, complexityScore: 9 } });
	});

	it('names a tag after the branch that is checked out', async () => {
		await new ProjectFolders().initGit(root);
		await writeFile(join(root, '.git/HEAD'), 'ref: refs/heads/feature/basket\n');
		expect(await caller(open())('add_tag', { fromBranch: true })).toMatchObject({ tagName: 'feature-basket' });
	});

	it('is each person’s own, known by folder, id or name, and of folders that they may open', async () => {
		const streams = open();
		const { desk } = streams;
		await caller(streams)('add_task', named(1));
		const [summary] = await desk.list(ANN);
		expect(summary).toMatchObject({ projectRoot: root, items: 1, done: 0, currentTag: 'master' });
		for (const projectRoot of [summary?.id ?? '', summary?.name ?? '']) {
			expect(await desk.call(ANN, { tool: 'get_task', args: { projectRoot, id: '1' } })).toMatchObject({ id: 1 });
			await expect(desk.call(BOB, { tool: 'next_task', args: { projectRoot } })).rejects.toMatchObject({
				code: 'not-found',
			});
		}
		expect(await desk.list(BOB)).toEqual([]);
		for (const projectRoot of [root, `${root}/not-there`]) {
			await expect(desk.call(BOB, { tool: 'next_task', args: { projectRoot } })).rejects.toMatchObject({
				code: 'forbidden',
			});
		}
		const guest: Principal = { ...ANN, role: 'guest' };
		await expect(desk.call(guest, { tool: 'next_task', args: {} })).rejects.toMatchObject({ code: 'forbidden' });
		await expect(desk.call(ANN, { tool: 'nonsense', args: {} })).rejects.toMatchObject({ code: 'not-found' });
	});

	it('can be of another file, and stays that one’s', async () => {
		const streams = open();
		const call = caller(streams);
		await call('add_task', { ...named(1), file: 'plans/next.json' });
		await call('add_task', { ...named(2), title: 'In the usual file' });
		const other = (await streams.desk.list(ANN)).find(({ name }) => name.includes('plans/next.json'));
		const again = open();
		await again.desk.call(ANN, {
			tool: 'set_task_status',
			args: { projectRoot: other?.id ?? '', id: '1', status: 'done' },
		});
		expect(JSON.parse(await readFile(join(root, 'plans/next.json'), 'utf8'))).toMatchObject({
			master: { tasks: [{ title: 'Item 1', status: 'done' }] },
		});
		expect(await filed()).toMatchObject([{ title: 'In the usual file' }]);
	});

	it('is set up with what it needs, once, and with rules for editors', async () => {
		const call = caller(open());
		expect(await call('initialize_project', { rules: ['cursor', 'claude'], initGit: true })).toMatchObject({
			projectRoot: root,
		});
		for (const path of [
			TASKS,
			'.taskmaster/config.json',
			'.cursor/rules/errand-backlog.mdc',
			'CLAUDE.md',
			'.git/HEAD',
		]) {
			expect((await stat(join(root, path))).isFile()).toBe(true);
		}
		await call('add_task', named(1));
		expect(await call('initialize_project')).toMatchObject({ made: [] });
		expect(await filed()).toHaveLength(1);
		await call('rules', { action: 'remove', profiles: ['cursor'] });
		await expect(stat(join(root, '.cursor/rules/errand-backlog.mdc'))).rejects.toMatchObject({ code: 'ENOENT' });
		await expect(call('rules', { action: 'add', profiles: ['nano'] })).rejects.toMatchObject({ code: 'invalid-input' });
	});

	it('is written as one file for each item', async () => {
		const call = caller(open());
		await call('add_task', named(1));
		expect(await call('generate')).toMatchObject({ count: 1, files: ['.taskmaster/tasks/task_001.md'] });
		expect(await readFile(join(root, '.taskmaster/tasks/task_001.md'), 'utf8')).toContain('# Task 1: Item 1');
		await expect(call('generate', { output: '../outside' })).rejects.toMatchObject({ code: 'forbidden' });
	});

	it('tells who follows it of every change, of others’ in the file too', async () => {
		const streams = open();
		const call = caller(streams);
		await call('add_task', named(1));
		const changes: BacklogChange[] = [];
		const stop = await streams.desk.follow(ANN, root, (change) => changes.push(change));
		await call('set_task_status', { id: '1', status: 'done' });
		await vi.waitFor(() => expect(changes.flatMap(({ items }) => items)).toMatchObject([{ id: 1, status: 'done' }]));
		await edit((items) => items.push({ ...items[0], id: 2, title: 'Theirs' }));
		await vi.waitFor(
			() => expect(changes.flatMap(({ items }) => items)).toContainEqual(expect.objectContaining({ id: 2 })),
			4_000,
		);
		stop();
	});
});

describe('long work', () => {
	async function begun(streams: BacklogStreams, args: JsonObject = {}) {
		const call = caller(streams);
		await call('add_task', named(1));
		const answer = await call('expand_task', { id: '1', async: true, ...args });
		return { call, operationId: String(answer['operationId']), answer, task: tasks.ids[0] ?? raise() };
	}

	it('answers its id at once where asked, and is applied when its task has ended', async () => {
		const streams = open();
		const { call, operationId, answer, task } = await begun(streams);
		expect(answer).toMatchObject({ status: 'in_progress', progress: 0, estimatedSeconds: 30 });
		expect(tasks.requests.get(task)).toMatchObject({ planBy: 'workflow:backlog.expand_task', announced: true });
		tasks.end(task, { one: 'First part' });
		expect(await streams.desk.operation(ANN, operationId)).toMatchObject({ status: 'in_progress', progress: 50 });
		tasks.end(task, { two: 'Second part' });
		await streams.taskReported(...tasks.ended(task));
		await streams.taskReported(...tasks.ended(task));
		expect(await call('operation_status', { operationId })).toMatchObject({
			status: 'completed',
			progress: 100,
			result: { subtasksAdded: 2 },
		});
		expect(await filed()).toMatchObject([{ subtasks: [{ title: 'First part' }, { title: 'Second part' }] }]);
		await expect(streams.desk.operation(BOB, operationId)).rejects.toMatchObject({ code: 'not-found' });
	});

	it('answers its result where that comes in time, with progress on the way', async () => {
		const streams = open();
		const call = caller(streams);
		await call('add_task', named(1));
		const progress: unknown[] = [];
		tasks.submitted = async (id) => {
			setTimeout(() => {
				tasks.end(id, { one: 'Part', two: undefined });
				void streams.taskReported(...tasks.ended(id));
			}, 30);
		};
		const answer = await call('expand_task', { id: '1' }, { onProgress: (one) => progress.push(one) });
		expect(answer).toMatchObject({ subtasksAdded: 1, warnings: ['two'] });
		expect(progress).toContainEqual({ percent: 50 });
		expect(await filed()).toMatchObject([{ subtasks: [{ title: 'Part' }] }]);
	});

	it('answers its id where it takes longer than the caller waits; who gives up waiting stops nothing', async () => {
		const streams = open();
		const call = caller(streams);
		await call('add_task', named(1));
		const answer = await call('expand_task', { id: '1' }, { waitMs: 10 });
		expect(answer).toMatchObject({ status: 'in_progress' });
		const given = new AbortController();
		const waiting = call('expand_task', { id: '1' }, { signal: given.signal });
		setTimeout(() => given.abort(), 10);
		await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
		expect(tasks.ids.map((id) => tasks.task(id).end)).toEqual([undefined, undefined]);
	});

	it('survives a restart: what its task came to is applied by another process', async () => {
		const { operationId, task } = await begun(open());
		const after = open();
		tasks.end(task, { one: 'Part', two: 'Other' });
		await after.taskReported(...tasks.ended(task));
		expect(await after.desk.operation(ANN, operationId)).toMatchObject({ status: 'completed' });
		expect(await filed()).toMatchObject([{ subtasks: [{}, {}] }]);
	});

	it('is told again while its backlog does not know of it yet', async () => {
		const streams = open();
		const call = caller(streams);
		await call('add_task', named(1));
		const early: unknown[] = [];
		tasks.submitted = async (id) => {
			tasks.end(id, { one: 'Part', two: 'Other' });
			const [task, report] = tasks.ended(id);
			await streams
				.taskReported({ ...task, createdAt: Date.now() }, report)
				.catch((error: unknown) => early.push(error));
		};
		const { operationId } = await call('expand_task', { id: '1', async: true });
		expect(early).toMatchObject([{ code: 'internal' }]);
		await streams.taskReported(...tasks.ended(tasks.ids[0] ?? raise()));
		expect(await call('operation_status', { operationId: String(operationId) })).toMatchObject({ status: 'completed' });
	});

	it('keeps what was finished when it is cancelled', async () => {
		const streams = open();
		const { call, operationId, task } = await begun(streams);
		tasks.end(task, { one: 'Part' });
		const cancelling = call('operation_cancel', { operationId });
		await vi.waitFor(() => expect(tasks.task(task).end?.status).toBe('cancelled'));
		await streams.taskReported(...tasks.ended(task));
		expect(await cancelling).toMatchObject({ status: 'cancelled' });
		expect(await filed()).toMatchObject([{ subtasks: [{ title: 'Part' }] }]);
	});

	it('that came to nothing says why, and changes nothing', async () => {
		const streams = open();
		const { call, operationId, task } = await begun(streams);
		tasks.end(task, { one: undefined, two: undefined });
		await streams.taskReported(...tasks.ended(task));
		expect(await call('operation_status', { operationId })).toMatchObject({
			status: 'error',
			error: { code: 'model-unavailable' },
		});
		expect(await filed()).toMatchObject([{ subtasks: [] }]);
	});

	it('is applied to the backlog as it is by then', async () => {
		const streams = open();
		const { call, operationId, task } = await begun(streams);
		await call('add_task', named(2));
		await call('remove_task', { id: '1' });
		tasks.end(task, { one: 'Part', two: 'Other' });
		await streams.taskReported(...tasks.ended(task));
		const { result } = await streams.desk.operation(ANN, operationId);
		expect(JSON.stringify(result?.['warnings'])).toContain('1');
		expect(await filed()).toMatchObject([{ id: 2, subtasks: [] }]);
	});

	it('is refused before anything runs where it cannot begin', async () => {
		const call = caller(open());
		await call('add_task', named(1));
		await expect(call('expand_task', { id: '9' })).rejects.toMatchObject({ code: 'not-found' });
		await expect(call('parse_prd', { input: 'none.md' })).rejects.toMatchObject({ name: 'CoreError' });
		expect(tasks.ids).toEqual([]);
	});
});

describe('an item that is carried out', () => {
	it('is in progress until its task ends, and done then', async () => {
		const streams = open();
		const call = caller(streams);
		await call('add_task', { ...named(1), details: 'Carefully.' });
		const answers = await Promise.all([call('run_task', { id: '1' }), call('run_task', { id: '1' })]);
		const [task = raise(), ...more] = tasks.ids;
		expect(more).toEqual([]);
		expect(answers.map(({ errandTaskId }) => errandTaskId)).toEqual([task, task]);
		expect(tasks.requests.get(task)).toMatchObject({
			goal: expect.stringContaining('Carefully.'),
			conversation: 'web-ann',
		});
		// All its words are the person's.
		expect(tasks.requests.get(task)?.origins).toEqual([]);
		expect(await filed()).toMatchObject([{ status: 'in-progress' }]);
		tasks.end(task, { only: 'All done.' });
		await streams.taskReported(...tasks.ended(task));
		await streams.taskReported(...tasks.ended(task));
		expect(await filed()).toMatchObject([{ status: 'done', details: expect.stringContaining('Carefully.') }]);
	});

	it('counts as a stranger’s order where a part is told of what others wrote, as an item or as a sibling', async () => {
		const others = { ...named(5), id: 5, status: 'done', details: '', testStrategy: '', priority: 'low' };
		const tasksThere = [{ ...others, dependencies: [], subtasks: [] }];
		await mkdir(dirname(join(root, TASKS)), { recursive: true });
		await writeFile(join(root, TASKS), JSON.stringify({ master: { tasks: tasksThere, metadata: {} } }));
		const call = caller(open());
		await call('add_task', named(6));
		for (const dependencies of ['', '5']) {
			await call('add_subtask', { id: '6', title: 'A part', ...(dependencies === '' ? {} : { dependencies }) });
		}
		await call('run_task', { id: '6.1' });
		await call('run_task', { id: '6.2' });
		const [one = raise(), other = raise()] = tasks.ids;
		expect(tasks.requests.get(one)?.origins).toEqual([]);
		expect(tasks.requests.get(other)?.goal).toContain('- ');
		expect(tasks.requests.get(other)?.origins).toHaveLength(1);
	});

	it('is open again with a note when that failed, and can be carried out again', async () => {
		const streams = open();
		const call = caller(streams);
		await call('add_task', named(1));
		await call('run_task', { id: '1' });
		tasks.end(tasks.ids[0] ?? raise(), { only: undefined });
		await streams.taskReported(...tasks.ended(tasks.ids[0] ?? raise()));
		expect(await filed()).toMatchObject([{ status: 'pending', details: expect.stringContaining('broke') }]);
		await call('run_task', { id: '1' });
		expect(tasks.ids).toHaveLength(2);
	});

	it('that ended before anybody knew of the run is found to have ended', async () => {
		const streams = open();
		const call = caller(streams);
		await call('add_task', named(1));
		tasks.submitted = async (id) => {
			tasks.end(id, { only: 'At once.' });
			await streams.taskReported(...tasks.ended(id)).catch(() => undefined);
		};
		await call('run_task', { id: '1' });
		expect(await filed()).toMatchObject([{ status: 'done' }]);
	});
});

describe('watchers', () => {
	it('are told of changes where they said, once each', async () => {
		const streams = open();
		const call = caller(streams);
		await call('add_task', named(1));
		await call('add_task', named(2));
		const conversation = asConversationId('telegram-7');
		const [{ watchId }, again] = [
			await call('watch_task', { id: '1' }, { conversation }),
			await call('watch_task', { id: '1' }, { conversation }),
		];
		expect(again['watchId']).toBe(watchId);
		await call('set_task_status', { id: '1,2', status: 'done' });
		await vi.waitFor(() => expect(told).toMatchObject([{ person: 'ann', conversation: 'telegram-7', item: '1' }]));
		await call('unwatch_task', { id: '1' });
		await call('set_task_status', { id: '1', status: 'pending' });
		await call('next_task');
		expect(told).toHaveLength(1);
	});
});

function raise(): never {
	throw new Error('No task was submitted.');
}
