import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLUSTER_MODE, type ErrandProcess, startErrand } from '../harness/errand-process.ts';

const REPOSITORY = resolve(import.meta.dirname, '../..');
const PROGRAM = join(REPOSITORY, 'apps/gateway/bin/errand-mcp.mjs');
const OFFICIAL = join(REPOSITORY, 'test/mcp/official');
const INSPECTOR = join(OFFICIAL, 'node_modules/@modelcontextprotocol/inspector');

/** An entry of an editor as task-master-ai's README has it; only `command` and `args` are other ones. */
const ENTRY = {
	mcpServers: {
		'task-master-ai': {
			command: 'node',
			args: [PROGRAM],
			env: { TASK_MASTER_TOOLS: 'standard', OPENAI_API_KEY: '', ANTHROPIC_API_KEY: 'YOUR_KEY_HERE' },
		},
	},
};

const TASKS = {
	master: {
		tasks: [
			task(1, { status: 'done' }),
			task(2, { dependencies: [1], priority: 'high' }),
			task(3, { dependencies: [2] }),
		],
		metadata: { created: '2026-01-01T00:00:00.000Z', updated: '2026-01-01T00:00:00.000Z', description: 'Tasks' },
	},
};

function task(id: number, over: object) {
	const common = { description: `About ${id}`, details: '', testStrategy: '', status: 'pending', priority: 'medium' };
	return { id, title: `Task ${id}`, ...common, dependencies: [], subtasks: [], ...over };
}

let folder: string;
let project: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'errand-mcp-'));
	project = join(folder, 'project');
	await mkdir(join(project, '.taskmaster/tasks'), { recursive: true });
	await writeFile(join(project, '.taskmaster/tasks/tasks.json'), JSON.stringify(TASKS));
});
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));

/** Starts a program as an editor does: by its entry, in the folder that is open. */
async function asEditor(env: Readonly<Record<string, string>>, mode: 'legacy' | { pin: string } = 'legacy') {
	const { command, args, env: given } = ENTRY.mcpServers['task-master-ai'];
	const client = new Client({ name: 'editor', version: '1' }, { versionNegotiation: { mode } });
	const inherited = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', OLLAMA_HOST: '127.0.0.1:9' };
	const transport = new StdioClientTransport({
		...{ command, args, cwd: project, stderr: 'pipe' },
		env: { ...inherited, ...given, ...env },
	});
	await client.connect(transport);
	const call = async (name: string, input: Record<string, unknown> = {}) => {
		const { structuredContent, isError, content } = await client.callTool({ name, arguments: input });
		if (isError === true) throw new Error(JSON.stringify(content));
		return (structuredContent as { data: Record<string, unknown> }).data;
	};
	return { client, call };
}

describe('an editor’s entry of task-master-ai with only command and args changed', () => {
	it('starts Errand by itself and works on the project’s tasks', async () => {
		const dataDir = join(folder, 'data');
		const { client, call } = await asEditor({ ERRAND_DATA_DIR: dataDir, ERRAND_LOG_LEVEL: 'warn' });
		try {
			expect((await client.listTools()).tools.map(({ name }) => name)).toContain('next_task');
			expect(await call('get_tasks', { projectRoot: project })).toMatchObject({ stats: { total: 3, completed: 1 } });
			expect(await call('next_task')).toMatchObject({ nextTask: { id: 2, title: 'Task 2' } });
			await call('set_task_status', { projectRoot: project, id: '2', status: 'done' });
			expect(await call('next_task')).toMatchObject({ nextTask: { id: 3 } });
			const kept = JSON.parse(await readFile(join(project, '.taskmaster/tasks/tasks.json'), 'utf8'));
			expect(kept.master.tasks[1]).toMatchObject({ id: 2, status: 'done', dependencies: [1] });
		} finally {
			await client.close();
			const { pid } = JSON.parse(readFileSync(join(dataDir, 'gateway.json'), 'utf8')) as { pid: number };
			process.kill(pid, 'SIGTERM');
			await gone(pid);
		}
	});
});

describe('a running server', () => {
	let server: ErrandProcess;
	beforeAll(async () => {
		server = await startErrand({ dataDir: join(folder, 'served') });
	});
	afterAll(() => server.dispose());

	// Processes of a cluster hold no folder while they start: the editor's program would start a server there after three seconds.
	it.skipIf(CLUSTER_MODE)('is found again after a restart, without the client noticing', async () => {
		const { client, call } = await asEditor({ ERRAND_DATA_DIR: server.dataDir }, { pin: '2026-07-28' });
		await call('get_tasks', { projectRoot: project });
		await server.kill();
		const again = startErrand({ dataDir: server.dataDir });
		expect(await call('next_task', { projectRoot: project })).toHaveProperty('nextTask');
		server = await again;
		await client.close();
	});

	it('lists and calls for the official inspector, over both transports', async () => {
		const inspect = async (...args: string[]) => {
			const bin = JSON.parse(readFileSync(join(INSPECTOR, 'package.json'), 'utf8')).bin as Record<string, string>;
			const cli = join(INSPECTOR, bin['mcp-inspector'] ?? '');
			const { stdout } = await promisify(execFile)(process.execPath, [cli, '--cli', ...args], {
				env: { ...process.env, ERRAND_DATA_DIR: server.dataDir },
			});
			return JSON.parse(stdout);
		};
		const http = [`${server.url}/mcp`, '--transport', 'http', '--header', `Authorization: Bearer ${server.token}`];
		const call = ['--method', 'tools/call', '--tool-name', 'get_task', '--tool-arg', `projectRoot=${project}`, 'id=3'];
		const [listed, read, typed] = await Promise.all([
			inspect(...http, '--method', 'tools/list'),
			inspect(...http, ...call),
			inspect(process.execPath, PROGRAM, '--method', 'tools/list'),
		]);
		expect(listed.tools.length).toBeGreaterThan(40);
		expect(read.structuredContent.data).toMatchObject({ title: 'Task 3' });
		expect(typed.tools).toHaveLength(listed.tools.length);
	});
});

async function gone(pid: number): Promise<void> {
	for (const until = Date.now() + 15_000; Date.now() < until; await new Promise((done) => setTimeout(done, 50))) {
		try {
			process.kill(pid, 0);
		} catch {
			return;
		}
	}
}
