import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type ErrandProcess, startErrand } from '../harness/errand-process.ts';
import { seen } from '../harness/frontend-errand.ts';
import { calls, type MisbehavingModel, says, startMisbehavingModel } from '../harness/misbehaving-model.ts';
import { eventually } from '../harness/process-tree.ts';
import type { PlatformDriver, PlatformPerson } from '../support/contract/platform-driver.ts';
import { openTelegram } from '../support/telegram/driver.ts';

/** Longer than a tool is waited for: its operation is answered with instead. */
const SLOW_MS = 21_000;
const TASKS = {
	master: {
		tasks: [
			item(1, { title: 'Lay the keel', status: 'done' }),
			item(2, { title: 'Build the hull', dependencies: [1], priority: 'high' }),
			item(3, { title: 'Step the mast', dependencies: [2] }),
			item(4, { title: 'Sew the sails', priority: 'low', details: 'case-slow\n- It must hold\n- It must be white' }),
		],
		metadata: { created: '2026-01-01T00:00:00.000Z', updated: '2026-01-01T00:00:00.000Z', description: 'A boat' },
	},
};

function item(id: number, over: object) {
	const texts = { description: '', details: '', testStrategy: '' };
	return { id, ...texts, status: 'pending', priority: 'medium', dependencies: [], subtasks: [], ...over };
}

interface Operation {
	readonly operationId: string;
	readonly status: string;
	readonly progress?: number;
	readonly result?: unknown;
}

describe('one person, at an editor and in a chat', () => {
	let folder: string;
	let model: MisbehavingModel;
	let telegram: PlatformDriver;
	let owner: PlatformPerson;
	let errand: ErrandProcess;
	let editor: Client;
	const told: { progress: number; message?: string | undefined }[] = [];
	/** A call that takes longer than any is waited for; meanwhile the rest goes on. */
	let slow: Promise<{ data: Operation; ms: number }>;

	beforeAll(async () => {
		folder = await realpath(await mkdtemp(join(tmpdir(), 'errand-boat-')));
		await mkdir(join(folder, 'boat/.taskmaster/tasks'), { recursive: true });
		await writeFile(join(folder, 'boat/.taskmaster/tasks/tasks.json'), JSON.stringify(TASKS));
		model = await startMisbehavingModel({
			slow: async (call) => {
				await wait(SLOW_MS);
				if (!call.response.destroyed) await says(call);
			},
			asks: ({ response }) => {
				const questions = [{ kind: 'choice', text: 'Which colour?', choices: ['red', 'green'] }];
				const ask = { id: 'ask', title: 'Ask', capability: 'human.ask', input: { questions } };
				calls(response, 'propose_plan', JSON.stringify({ steps: [ask] }));
			},
		});
		telegram = await openTelegram();
		owner = telegram.person();
		errand = await startErrand({
			dataDir: join(folder, 'data'),
			env: { ...model.env, OPENAI_PRICE: '100,500', ...telegram.env, ERRAND_OWNERS: owner.identity },
		});
		await telegram.attach(errand.url);
		editor = new Client({ name: 'editor', version: '1' }, { capabilities: { elicitation: { form: {} } } });
		const requestInit = { headers: { Authorization: `Bearer ${errand.token}` } };
		await editor.connect(new StreamableHTTPClientTransport(new URL(`${errand.url}/mcp`), { requestInit }));
		const before = performance.now();
		slow = tool<Operation>('expand_task', { id: '4', projectRoot: join(folder, 'boat') }, (news) =>
			told.push(news),
		).then((data) => ({ data, ms: performance.now() - before }));
		// Looked at in the last test.
		slow.catch(() => undefined);
	});
	afterAll(async () => {
		await editor?.close();
		await errand?.dispose();
		await telegram?.stop();
		await model?.stop();
		await rm(folder, { recursive: true, force: true });
	});

	async function tool<T>(
		name: string,
		args: Record<string, unknown>,
		onprogress?: (news: { progress: number; message?: string | undefined }) => void,
	): Promise<T> {
		const options = { timeout: 60_000, ...(onprogress === undefined ? {} : { onprogress }) };
		const { structuredContent, isError, content } = await editor.callTool({ name, arguments: args }, options);
		if (isError === true) throw new Error(JSON.stringify(content));
		return (structuredContent as { data: T }).data;
	}
	/** Does something, and resolves with the first message in the chat that was not there before and has these words. */
	async function heard(act: () => Promise<unknown>, words: string | RegExp = ''): Promise<string> {
		const known = new Set(owner.sees().map(({ id }) => id));
		await act();
		return (await seen(owner, ({ id, text }) => !known.has(id) && text.search(words) >= 0)).text;
	}
	const command = (name: string, argument?: string) => heard(() => owner.command(name, argument));

	it('is asked at the editor what a task of theirs asks, and reads the answer there', async () => {
		const asked: unknown[] = [];
		editor.setRequestHandler('elicitation/create', async ({ params }) => {
			asked.push(params);
			return { action: 'accept', content: { answer: 'green' } };
		});
		const given = { goal: 'Find out the colour. case-asks', waitSeconds: 30 };
		const task = await tool<{ id: string; status: string; result?: { text: string } }>('submit_task', given);
		expect(asked).toMatchObject([{ message: 'Which colour?' }]);
		expect(await tool('task_status', { taskId: task.id, waitSeconds: 30 })).toMatchObject({
			status: 'done',
			result: { text: expect.stringContaining('green') },
		});
	});

	it('sees in the chat what is open, what comes next and what it cost', async () => {
		expect(await command('backlog')).toMatch(/1 of 4 done/);
		expect(await command('next')).toContain('Build the hull');
		expect(await command('watch', '2')).toContain('2');
		await heard(
			() => tool('set_task_status', { id: '2', status: 'done', projectRoot: join(folder, 'boat') }),
			/Build the hull.* is now done/,
		);
		expect(await command('next')).toContain('Step the mast');
		expect(await command('done', '3')).toContain('3');
		expect(await tool('get_task', { id: '3', projectRoot: join(folder, 'boat') })).toMatchObject({ status: 'done' });
		// The slow call goes on meanwhile, and costs something.
		await vi.waitFor(async () => {
			const { usage } = (await (await errand.call('GET', '/v1/usage?by=model')).json()) as {
				usage: { key: string; microUsd: number }[];
			};
			const said = await command('usage');
			expect(said).toContain(usage[0]?.key);
			expect(said).toContain(`$${((usage[0]?.microUsd ?? 0) / 1e6).toFixed(2)}`);
		});
	});

	it('gets the number of an operation for what takes longer than 20 s, hears how it goes, and what it came to', async () => {
		const { data, ms } = await slow;
		expect(data).toMatchObject({ status: 'in_progress', operationId: expect.any(String) });
		expect(ms).toBeGreaterThan(19_000);
		expect(told.length).toBeGreaterThan(0);
		const { operationId } = data;
		const status = () => tool<Operation>('operation_status', { operationId });
		await eventually(async () => (await status()).status !== 'in_progress', { limitMs: 60_000, describe: status });
		expect(await status()).toMatchObject({ status: 'completed', progress: 100, result: expect.any(Object) });
		const { subtasks } = await tool<{ subtasks: unknown[] }>('get_task', {
			id: '4',
			projectRoot: join(folder, 'boat'),
		});
		expect(subtasks.length).toBeGreaterThan(1);
		expect(model.requests('slow')).toBe(1);
	});
});
