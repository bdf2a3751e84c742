import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isJsonObject, type JsonObject } from '../../domain/json.ts';
import { OpenedBacklogs } from './fixture/opened-backlogs.ts';

const CONFIG = '.taskmaster/config.json';

let opened: OpenedBacklogs;
beforeEach(async () => {
	opened = await OpenedBacklogs.begin();
});
afterEach(() => opened.end());

async function lay(files: Readonly<Record<string, string>>): Promise<void> {
	for (const [path, text] of Object.entries(files)) {
		await mkdir(dirname(join(opened.root, path)), { recursive: true });
		await writeFile(join(opened.root, path), text);
	}
}

const read = (path: string) => readFile(join(opened.root, path), 'utf8');
const json = async (path: string) => JSON.parse(await read(path)) as JsonObject;

const item = (id: number, more: JsonObject = {}): JsonObject => ({
	...{ id, title: `Item ${id}`, description: 'What.', details: '', testStrategy: '', status: 'pending' },
	...{ dependencies: [], priority: 'high', subtasks: [], ...more },
});

/** What task-master-ai leaves in a folder. */
const LEFT: Readonly<Record<string, string>> = {
	[CONFIG]: JSON.stringify({
		models: { main: { provider: 'anthropic', modelId: 'claude', maxTokens: 64_000, temperature: 0.2 } },
		global: {
			logLevel: 'info',
			defaultNumTasks: 10,
			projectName: 'Taskmaster',
			responseLanguage: 'Deutsch',
			userId: '1',
		},
	}),
	'.taskmaster/state.json': JSON.stringify({ currentTag: 'feature', lastSwitched: '2025-07-01', branchTagMapping: {} }),
	'.taskmaster/tasks/tasks.json': JSON.stringify({
		master: { tasks: [item(1), item(2, { dependencies: [1], owner: 'Ines' })], metadata: { created: '2025-07-01' } },
		feature: { tasks: [item(1, { title: 'Of the feature' })], metadata: { description: 'A branch' } },
	}),
	'.taskmaster/tasks/task_001.txt': '# Task ID: 1\n',
	'.taskmaster/docs/prd.txt': 'The till must print.\n',
	'.taskmaster/templates/example_prd.txt': '<context>\n',
	'.taskmaster/reports/task-complexity-report.json': '{"meta": {}, "complexityAnalysis": []}\n',
	'.env.example': 'ANTHROPIC_API_KEY=\n',
	'.gitignore': 'node_modules\n',
	'.cursor/mcp.json': '{}\n',
	'.cursor/rules/taskmaster/taskmaster.mdc': 'Rules of another program.\n',
};

describe('a folder that another program set up', () => {
	it('keeps every byte when it is set up here, and what it holds is there', async () => {
		await lay(LEFT);
		const call = opened.caller(opened.open());
		const { made } = await call('initialize_project', { rules: ['cursor'], initGit: true });
		for (const [path, text] of Object.entries(LEFT)) expect([path, await read(path)]).toEqual([path, text]);
		expect(made).not.toContain('.taskmaster/tasks/tasks.json');
		expect(await call('list_tags')).toMatchObject({ currentTag: 'feature' });
		expect(await call('get_task', { id: '1' })).toMatchObject({ title: 'Of the feature' });
		expect(await call('get_task', { id: '2', tag: 'master' })).toMatchObject({ title: 'Item 2', dependencies: [1] });
		expect(await read('.taskmaster/tasks/tasks.json')).toContain('"owner":"Ines"');
	});

	it('of long ago, with its tasks beside, goes on there', async () => {
		const old = { meta: { projectName: 'Till' }, tasks: [item(1, { status: 'done' }), item(2, { dependencies: [1] })] };
		await lay({
			'tasks/tasks.json': JSON.stringify(old),
			'tasks/task_001.txt': '# Task ID: 1\n',
			'.taskmasterconfig': '{}',
		});
		const call = opened.caller(opened.open());
		await call('initialize_project');
		expect(await readdir(join(opened.root, '.taskmaster'))).not.toContain('tasks');
		expect(await call('next_task')).toMatchObject({ nextTask: { id: 2 } });
		await call('set_task_status', { id: '2', status: 'done' });
		const { master, meta } = await json('tasks/tasks.json');
		expect(master).toMatchObject({
			tasks: [
				{ id: 1, status: 'done' },
				{ id: 2, status: 'done' },
			],
		});
		expect(meta).toEqual({ projectName: 'Till' });
		expect(await read('tasks/task_001.txt')).toBe('# Task ID: 1\n');
	});
});

describe('the language that tasks are written in', () => {
	const wishOf = async (call: ReturnType<OpenedBacklogs['caller']>) => {
		await call('add_task', { prompt: 'Print receipts', async: true });
		const input = [...opened.tasks.requests.values()].at(-1)?.plan?.[0]?.input ?? null;
		return isJsonObject(input) ? input['wishes'] : undefined;
	};

	it('is the one that the config file names, and English there is nobody’s choice', async () => {
		await lay({ [CONFIG]: LEFT[CONFIG] ?? '' });
		expect(await wishOf(opened.caller(opened.open()))).toEqual({ models: [], language: 'Deutsch' });
	});

	it('stands in the config file as soon as it is chosen, beside what others keep there', async () => {
		await lay({
			[CONFIG]: JSON.stringify({ models: { main: {} }, global: { responseLanguage: 'English', userId: '1' } }),
		});
		const call = opened.caller(opened.open());
		expect(await wishOf(call)).toBeUndefined();
		await call('response-language', { language: 'Français' });
		expect(await json(CONFIG)).toEqual({ models: { main: {} }, global: { responseLanguage: 'Français', userId: '1' } });
		expect(await wishOf(call)).toEqual({ models: [], language: 'Français' });
	});
});
