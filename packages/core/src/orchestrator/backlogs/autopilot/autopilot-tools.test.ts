import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newHistorySigner } from '../../../adapters/files/history-signer.ts';
import { ProjectFiles } from '../../../adapters/files/project-files.ts';
import { ProjectFolders } from '../../../adapters/files/project-folders.ts';
import { GitWork } from '../../../adapters/git/git-work.ts';
import { InProcessEventBus } from '../../../adapters/in-process/in-process-event-bus.ts';
import { OnlyHome } from '../../../adapters/in-process/only-home.ts';
import { SystemClock } from '../../../adapters/in-process/system-clock.ts';
import { openSqliteStore, type SqliteStore } from '../../../adapters/sqlite/open-sqlite-store.ts';
import { BACKLOG_TOOLS, type BacklogToolName } from '../../../domain/backlog/tools.ts';
import { asPersonId } from '../../../domain/ids.ts';
import type { JsonObject } from '../../../domain/json.ts';
import type { IGitWork } from '../../../ports/git-work.ts';
import { beginRepository, gitIn, isGitInstalled } from '../../../testing/git-repository.ts';
import type { Principal } from '../../desks/desk.ts';
import { BacklogStreams } from '../backlog-streams.ts';
import { KeptTasks } from '../fixture/kept-tasks.ts';
import { autopilotTools } from './autopilot-tools.ts';

const ANN: Principal = { person: asPersonId('ann'), role: 'owner' };
const BOB: Principal = { person: asPersonId('bob'), role: 'member' };
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const TASKS = [
	{
		id: 1,
		title: 'Pay',
		status: 'pending',
		subtasks: [
			{ id: 1, title: 'Cards' },
			{ id: 2, title: 'Bills' },
		],
	},
	{ id: 2, title: 'Ship', status: 'pending', subtasks: [{ id: 1, title: 'Parcels' }] },
];

let root: string;
let store: SqliteStore;
let opened: BacklogStreams[];
let own: GitWork;
let autopilot: (tool: string, args?: JsonObject, principal?: Principal) => Promise<JsonObject>;

beforeEach(async () => {
	root = await realpath(await mkdtemp(join(tmpdir(), 'errand-loop-')));
	own = new GitWork({ PATH: process.env['PATH'], HOME: root });
	store = openSqliteStore({ path: ':memory:', signer: newHistorySigner() });
	opened = [];
	await mkdir(join(root, '.taskmaster/tasks'), { recursive: true });
	await write('.taskmaster/tasks/tasks.json', JSON.stringify({ master: { tasks: TASKS, metadata: {} } }));
	if (isGitInstalled) beginRepository(root);
	autopilot = open();
});
afterEach(async () => {
	for (const streams of opened) await streams.stop();
	store.close();
	await rm(root, { recursive: true, force: true });
});

/** Another one over the same store is what a start after a crash finds. */
function open(work: IGitWork = own): typeof autopilot {
	const { events, index, snapshots } = store;
	const streams = new BacklogStreams({
		...{ store: events, index, snapshots, log: silent },
		bus: new InProcessEventBus(silent),
		homes: new OnlyHome('test', events),
		clock: new SystemClock(),
		artifacts: {
			put: () => Promise.reject(new Error('nothing is stored')),
			get: async () => undefined,
			stat: async () => undefined,
			eraseOf: async () => {},
		},
		tasks: new KeptTasks(),
		files: new ProjectFiles(),
		folders: new ProjectFolders(),
		mayOpen: () => true,
		work: { plan: () => ({ goal: '', steps: [], estimatedSeconds: 1 }), read: () => ({ changes: [], result: {} }) },
		tell: async () => {},
		tools: autopilotTools(work),
	});
	opened.push(streams);
	return async (name, args = {}, principal = ANN) => {
		const tool = (name.includes('_') && name !== 'complete_phase' ? name : `autopilot_${name}`) as BacklogToolName;
		const { input, output } = BACKLOG_TOOLS[tool];
		const parsed = input.parse({ projectRoot: root, ...args }) as JsonObject;
		const answer = await streams.desk.call(principal, { tool, args: parsed });
		output.parse(JSON.parse(JSON.stringify(answer)));
		return answer;
	};
}

const git = (...args: string[]) => gitIn(root)(...args);
const write = (path: string, text: string) => writeFile(join(root, path), text);
const refusal = (words: string) => ({ message: expect.stringContaining(words) });
const results = (failed: number) => ({ testResults: { total: 2, passed: 2 - failed, failed } });

async function tillCommit(text = 'done\n'): Promise<void> {
	await write('pay.js', text);
	await autopilot('complete_phase', results(1));
	await autopilot('complete_phase', results(0));
}

describe.skipIf(!isGitInstalled)('autopilot_start', () => {
	it('wants a clean work tree, unless it is forced', async () => {
		await write('half.js', 'half\n');
		await expect(autopilot('start', { taskId: '1' })).rejects.toMatchObject(refusal('half.js'));
		expect(git('branch', '--format=%(refname:short)')).toBe('main');
		await expect(autopilot('status')).rejects.toMatchObject({ code: 'not-found' });
		expect(await autopilot('start', { taskId: '1', force: true })).toMatchObject({ branchName: 'task-1' });
		expect(git('branch', '--show-current')).toBe('task-1');
	});

	it('wants a repository in which one can commit', async () => {
		git('checkout', '--quiet', '--detach');
		await expect(autopilot('start', { taskId: '1' })).rejects.toMatchObject(refusal('No branch is checked out'));
		git('switch', '--quiet', 'main');
		git('config', '--unset', 'user.email');
		await expect(autopilot('start', { taskId: '1' })).rejects.toMatchObject(refusal('whose name'));
		await rm(join(root, '.git'), { recursive: true });
		await expect(autopilot('start', { taskId: '1' })).rejects.toMatchObject({
			hint: expect.stringContaining('git init'),
		});
	});

	it('leaves a branch of that name alone that is not checked out', async () => {
		git('branch', 'task-1');
		await expect(autopilot('start', { taskId: '1' })).rejects.toMatchObject(refusal('a branch task-1 already'));
		git('switch', '--quiet', 'task-1');
		expect(await autopilot('start', { taskId: '1' })).toMatchObject({ tddPhase: 'RED' });
	});

	it('begins one loop where many are asked for at once', async () => {
		const all = ['1', '2', '1', '2', '1'].map((taskId) => autopilot('start', { taskId }));
		const begun = (await Promise.allSettled(all)).filter(({ status }) => status === 'fulfilled');
		expect(begun).toHaveLength(1);
		expect(await autopilot('status')).toMatchObject({ branchName: git('branch', '--show-current') });
	});

	it('takes its loop back where the branch cannot be made', async () => {
		const broken: IGitWork = {
			stand: (at) => own.stand(at),
			headOf: (at, branch) => own.headOf(at, branch),
			checkOut: () => Promise.reject(new Error('the disk broke')),
			commit: (at, work) => own.commit(at, work),
		};
		await expect(open(broken)('start', { taskId: '1' })).rejects.toThrow('the disk broke');
		expect(await autopilot('start', { taskId: '1' })).toMatchObject({ tddPhase: 'RED' });
	});
});

describe.skipIf(!isGitInstalled)('a loop under way', () => {
	beforeEach(() => autopilot('start', { taskId: '1' }));

	it('commits to no other branch than its own, and finds back to it', async () => {
		await tillCommit();
		git('stash', '--quiet', '--include-untracked');
		git('switch', '--quiet', 'main');
		expect(await autopilot('next')).toMatchObject({
			action: 'commit_changes',
			canProceed: false,
			errors: [expect.stringContaining('task-1')],
		});
		await write('pay.js', 'on main\n');
		await expect(autopilot('commit')).rejects.toMatchObject(refusal('The branch main is checked out'));
		await expect(autopilot('resume')).rejects.toMatchObject(refusal('pay.js'));
		await rm(join(root, 'pay.js'));
		expect(await autopilot('resume')).toMatchObject({ tddPhase: 'COMMIT' });
		expect(git('branch', '--show-current')).toBe('task-1');
		expect(git('log', '--format=%s', 'main')).toBe('Begin');
	});

	it('commits once where that is asked for many times at once', async () => {
		await tillCommit();
		const all = await Promise.allSettled([1, 2, 3].map(() => autopilot('commit')));
		expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		expect(git('rev-list', '--count', 'main..task-1')).toBe('1');
		expect(await autopilot('status')).toMatchObject({ currentSubtask: { id: '2' }, progress: { completed: 1 } });
	});

	it('takes a commit for its own that was made by hand, or by a server that died right after', async () => {
		await tillCommit();
		git('add', '.');
		git('commit', '--quiet', '-m', 'By hand');
		autopilot = open();
		expect(await autopilot('commit')).toMatchObject({
			commit: { hash: git('rev-parse', 'HEAD') },
			subtaskCompleted: '1',
		});
		await autopilot('complete_phase', results(1));
		await autopilot('complete_phase', results(0));
		await autopilot('set_task_status', { id: '1', status: 'in-progress' });
		git('add', '.');
		git('commit', '--quiet', '--allow-empty', '-m', 'Statuses');
		expect(await autopilot('commit')).toMatchObject({ phase: 'FINALIZE' });
	});

	it('says so where there is nothing to commit', async () => {
		await tillCommit();
		await rm(join(root, 'pay.js'));
		git('checkout', '--quiet', '.');
		await expect(autopilot('commit')).rejects.toMatchObject(refusal('nothing to commit'));
	});

	it('counts failed attempts over a restart, and blocks the subtask until it is resumed', async () => {
		await autopilot('complete_phase', results(1));
		await expect(autopilot('complete_phase', results(2))).rejects.toMatchObject(refusal('attempt 1 of 3'));
		autopilot = open();
		await expect(autopilot('complete_phase', results(2))).rejects.toMatchObject(refusal('attempt 2 of 3'));
		await expect(autopilot('complete_phase', results(2))).rejects.toMatchObject({
			hint: expect.stringContaining('blocked'),
		});
		expect(await autopilot('next')).toMatchObject({ action: 'resolve_blocker', currentSubtask: { status: 'blocked' } });
		expect(await autopilot('resume')).toMatchObject({
			tddPhase: 'GREEN',
			currentSubtask: { attempts: 0, status: 'in-progress' },
		});
	});

	it('makes its branch again where that was deleted', async () => {
		await autopilot('abort');
		git('checkout', '--quiet', '--force', 'main');
		git('branch', '--quiet', '-D', 'task-1');
		git('rm', '--quiet', '-r', '--cached', '.taskmaster');
		await write('.gitignore', '.taskmaster\n');
		git('add', '.gitignore');
		git('commit', '--quiet', '-m', 'Keep tasks out');
		await autopilot('start', { taskId: '1' });
		await tillCommit();
		await autopilot('commit');
		const head = git('rev-parse', 'HEAD');
		git('switch', '--quiet', 'main');
		git('branch', '--quiet', '-D', 'task-1');
		expect(await autopilot('resume')).toMatchObject({ currentSubtask: { id: '2' }, progress: { completed: 1 } });
		expect(git('rev-parse', 'task-1')).toBe(head);
	});

	it('is given up without anything being lost', async () => {
		await write('pay.js', 'half\n');
		expect(await autopilot('abort')).toMatchObject({ phase: 'COMPLETE', nextAction: 'none' });
		expect(await autopilot('abort')).toMatchObject({ phase: 'COMPLETE' });
		expect(git('branch', '--show-current')).toBe('task-1');
		expect(await readFile(join(root, 'pay.js'), 'utf8')).toBe('half\n');
		await expect(autopilot('next')).rejects.toMatchObject({ code: 'not-found' });
	});

	it('is the owner’s alone', async () => {
		for (const tool of ['start', 'resume', 'next', 'status', 'commit', 'finalize', 'abort']) {
			await expect(autopilot(tool, { taskId: '1' }, BOB)).rejects.toMatchObject({ code: 'forbidden' });
		}
	});

	it('waits while a merge is under way', async () => {
		await tillCommit();
		git('switch', '--quiet', '-c', 'other', 'main');
		await write('pay.js', 'theirs\n');
		git('add', 'pay.js');
		git('commit', '--quiet', '-m', 'Theirs');
		git('switch', '--quiet', 'task-1');
		await write('pay.js', 'ours\n');
		git('add', 'pay.js');
		git('commit', '--quiet', '-m', 'Ours');
		expect(() => git('merge', 'other')).toThrow();
		await expect(autopilot('commit')).rejects.toMatchObject(refusal('A merge is under way'));
		expect(await autopilot('status')).toMatchObject({ canProceed: false });
	});
});
