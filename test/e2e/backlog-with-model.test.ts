import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backlogMind } from '../harness/backlog-mind.ts';
import { type ErrandProcess, startErrand } from '../harness/errand-process.ts';
import { type ModelStandIn, startModelStandIn } from '../harness/model-stand-in.ts';
import { eventually } from '../harness/process-tree.ts';
import { goalIn } from '../harness/reading-prompts.ts';

const PRD = join(import.meta.dirname, '../fixtures/backlog/berthline-prd.md');

interface Shown {
	readonly id: number;
	readonly title: string;
	readonly status: string;
	readonly details?: string;
	readonly dependencies: readonly number[];
	readonly subtasks: readonly { readonly id: number; readonly title: string; readonly status: string }[];
}

describe('a product document of twenty pages, with a model', () => {
	let model: ModelStandIn;
	let errand: ErrandProcess;
	let root: string;
	beforeAll(async () => {
		root = await mkdtemp(join(tmpdir(), 'berthline-'));
		await mkdir(join(root, '.taskmaster/docs'), { recursive: true });
		await cp(PRD, join(root, '.taskmaster/docs/prd.txt'));
		model = await startModelStandIn({ ...backlogMind, plan: ({ user }) => `Done: ${goalIn(user).split('\n')[0]}.` });
		// The model holds so little that the document is read in parts.
		errand = await startErrand({ env: { ...model.env, OPENAI_CONTEXT_TOKENS: '8000' } });
	});
	afterAll(async () => {
		await errand.dispose();
		await model.stop();
		await rm(root, { recursive: true, force: true });
	});

	/** Calls a tool and waits for what it comes to. */
	async function tool<T>(name: string, args: object = {}): Promise<T> {
		const path = `/v1/backlogs/${encodeURIComponent(root)}/call`;
		const response = await errand.call('POST', path, { tool: name, args, waitMs: 60_000 });
		const answer = (await response.json()) as T;
		if (!response.ok) throw new Error(`${name} answered ${response.status}: ${JSON.stringify(answer)}`);
		return answer;
	}
	const tasks = async () => (await tool<{ tasks: Shown[] }>('get_tasks', { withSubtasks: true, limit: 200 })).tasks;

	it('becomes tasks with dependencies, read part after part', async () => {
		const answer = await tool<{ method: string; warnings: string[] }>('parse_prd');
		expect(answer).toMatchObject({ method: 'model', warnings: [] });
		const all = await tasks();
		const named = (title: string) => all.find((one) => one.title === title);
		expect(all.length).toBeGreaterThanOrEqual(24);
		expect(all.every(({ id, dependencies }) => dependencies.every((one) => one < id))).toBe(true);
		expect(named('Booking')?.dependencies).toEqual([named('Search for a berth')?.id, named('Prices')?.id]);
		expect(model.asked.filter(({ what }) => what === 'backlog_tasks').length).toBeGreaterThan(1);
	});

	it('is judged, split, and its next task carried out', async () => {
		const judged = await tool<{ reportSummary: { taskCount: number } }>('analyze_project_complexity');
		const before = await tasks();
		expect(judged.reportSummary.taskCount).toBe(before.length);
		const split = await tool<{ expandedCount: number; failedCount: number }>('expand_all');
		expect(split).toMatchObject({ expandedCount: before.length, failedCount: 0 });
		expect((await tasks()).every(({ subtasks }) => subtasks.length >= 2)).toBe(true);

		const { nextTask } = await tool<{ nextTask: { id: number | string; title: string } }>('next_task');
		expect(nextTask.title).toBe('Accounts and sign-in');
		await tool('run_task', { id: String(nextTask.id) });
		await eventually(async () => (await tasks())[0]?.status === 'done');
		const file = JSON.parse(await readFile(join(root, '.taskmaster/tasks/tasks.json'), 'utf8')) as {
			master: { tasks: Shown[] };
		};
		expect(file.master.tasks).toHaveLength(before.length);
		expect(file.master.tasks[0]?.status).toBe('done');
		expect(model.unanswered).toEqual([]);
	});

	it('takes notes, new tasks and changes in the model’s words', async () => {
		await tool('update_subtask', { id: '2.1', prompt: 'Feet are shown to Americans.' });
		await tool('add_task', { prompt: 'Sell stickers' });
		await tool('update_task', { id: '3', prompt: 'Jetties are called piers.' });
		const all = await tasks();
		expect(all.at(-1)?.title).toBe('Sell stickers');
		const { details } = await tool<{ details: string }>('get_task', { id: '2.1' });
		expect(details).toContain('Noted: Feet are shown to Americans.');
	});
});
