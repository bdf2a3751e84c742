import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beginRepository, gitIn, isGitInstalled } from '@errand/core/testing/git-repository.ts';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ErrandProcess, startErrand } from '../harness/errand-process.ts';

const COMMON = { description: '', details: '', testStrategy: '', status: 'pending', priority: 'medium' };
const TASK = {
	...{ id: 7, title: 'Add numbers', ...COMMON, dependencies: [] },
	subtasks: [
		{ id: 1, title: 'Add several', ...COMMON, dependencies: [2] },
		{ id: 2, title: 'Add two', ...COMMON, description: 'Two numbers make a sum.', dependencies: [] },
	],
};

let folder: string;
let root: string;
let server: ErrandProcess;
beforeAll(async () => {
	if (!isGitInstalled) return;
	folder = await realpath(await mkdtemp(join(tmpdir(), 'errand-autopilot-')));
	root = join(folder, 'numbers');
	await mkdir(join(root, '.taskmaster/tasks'), { recursive: true });
	await writeFile(
		join(root, '.taskmaster/tasks/tasks.json'),
		JSON.stringify({ master: { tasks: [TASK], metadata: {} } }),
	);
	beginRepository(root);
	server = await startErrand({ dataDir: join(folder, 'data') });
});
afterAll(async () => {
	if (!isGitInstalled) return;
	await server?.dispose();
	await rm(folder, { recursive: true, force: true });
});

const git = (...args: string[]) => gitIn(root)(...args);
const write = (path: string, text: string) => writeFile(join(root, path), text);
const results = (passed: number, failed: number) => ({ testResults: { total: passed + failed, passed, failed } });

async function connected() {
	const client = new Client({ name: 'agent', version: '1' });
	const headers = { Authorization: `Bearer ${server.token}` };
	await client.connect(new StreamableHTTPClientTransport(new URL(`${server.url}/mcp`), { requestInit: { headers } }));
	const call = async (tool: string, input: Record<string, unknown> = {}) => {
		const answer = await client.callTool({ name: `autopilot_${tool}`, arguments: { projectRoot: root, ...input } });
		if (answer.isError === true) throw new Error(JSON.stringify(answer.content));
		return (answer.structuredContent as { data: Record<string, unknown> }).data;
	};
	return { call, close: () => client.close() };
}

describe.skipIf(!isGitInstalled)('an agent on autopilot', () => {
	it('is led through two subtasks to their commits, over a restart of the server', async () => {
		let { call, close } = await connected();
		expect(await call('start', { taskId: '7' })).toMatchObject({
			...{ branchName: 'task-7', tddPhase: 'RED', nextAction: 'generate_test' },
			...{ currentSubtask: { id: '2', title: 'Add two', attempts: 0 }, progress: { completed: 0, total: 2 } },
		});
		await expect(call('start', { taskId: '7' })).rejects.toThrow('under way already');
		await write('add.test.js', 'expect(add(1, 2)).toBe(3)\n');
		await expect(call('commit')).rejects.toThrow('red phase');
		expect(await call('complete_phase', results(0, 1))).toMatchObject({ currentPhase: 'GREEN' });
		await expect(call('complete_phase', results(0, 1))).rejects.toThrow('attempt 1 of 3');
		await server.kill();
		await close();
		server = await startErrand({ dataDir: server.dataDir });
		({ call, close } = await connected());
		expect(await call('resume')).toMatchObject({ tddPhase: 'GREEN', currentSubtask: { id: '2', attempts: 1 } });
		await write('add.js', 'export const add = (a, b) => a + b\n');
		expect(await call('complete_phase', results(1, 0))).toMatchObject({ nextAction: 'commit_changes' });
		const hash = git('rev-parse', 'HEAD');
		const committed = await call('commit');
		expect(committed).toMatchObject({ subtaskCompleted: '2', tddPhase: 'RED', currentSubtask: { id: '1' } });
		expect(git('log', '--format=%P %B', '-1')).toBe(
			`${hash} Add two (task 7.2)\n\nTwo numbers make a sum.\n\nTask: 7.2\nTests: 1 passed`,
		);
		await write('add.test.js', 'expect(add(1, 2, 3)).toBe(6)\n');
		await call('complete_phase', results(1, 1));
		await write('add.js', 'export const add = (...all) => all.reduce((a, b) => a + b, 0)\n');
		await call('complete_phase', results(2, 0));
		await write('add.md', 'Half done.\n');
		const files = ['add.js', 'add.test.js'];
		expect(await call('commit', { files, customMessage: 'Add any count' })).toMatchObject({ phase: 'FINALIZE' });
		await expect(call('finalize')).rejects.toThrow('add.md');
		await rm(join(root, 'add.md'));
		expect(await call('finalize')).toMatchObject({ phase: 'COMPLETE', progress: { completed: 2, percentage: 100 } });
		expect(await call('finalize')).toMatchObject({ phase: 'COMPLETE' });
		expect(await call('status')).toMatchObject({ commits: [{ subtask: '7.2' }, { subtask: '7.1' }] });
		await close();
		expect(git('status', '--porcelain')).toBe('');
		expect(git('log', '--format=%s', 'main..task-7').split('\n')).toEqual([
			...['Tick off task 7', 'Add any count', 'Add two (task 7.2)'],
		]);
		expect(git('log', '--format=%s', 'main')).toBe('Begin');
		const { master } = JSON.parse(await readFile(join(root, '.taskmaster/tasks/tasks.json'), 'utf8'));
		expect(master.tasks[0]).toMatchObject({ status: 'done', subtasks: [{ status: 'done' }, { status: 'done' }] });
	});
});
