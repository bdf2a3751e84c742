import { asPersonId, asQuestionId, asTaskId } from '@errand/core/domain/ids.ts';
import { Client, type ClientCapabilities, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { startTestServer, type TestServer, TOKEN } from '../../http/fixture/test-server.ts';

let server: TestServer;
beforeAll(async () => {
	server = await startTestServer();
});
afterAll(() => server.stop());

const ERAS = ['2025-11-25', '2026-07-28'] as const;
const ROOT = '/projects/one';

interface ConnectOptions {
	readonly token?: string;
	readonly tools?: string;
	readonly capabilities?: ClientCapabilities;
}

async function connected(era: (typeof ERAS)[number], { token = TOKEN, tools, capabilities }: ConnectOptions = {}) {
	const mode = era === '2026-07-28' ? { pin: era } : 'legacy';
	const client = new Client(
		{ name: 'test', version: '1' },
		{ versionNegotiation: { mode }, ...(capabilities === undefined ? {} : { capabilities }) },
	);
	const url = new URL(`${server.url}/mcp${tools === undefined ? '' : `?tools=${tools}`}`);
	await client.connect(
		new StreamableHTTPClientTransport(url, { requestInit: { headers: { Authorization: `Bearer ${token}` } } }),
	);
	return client;
}

async function another(name: string): Promise<{ token: string; person: string }> {
	const { people } = server;
	const owner = { person: asPersonId('owner'), role: 'owner' } as const;
	const { id } = await people.desk.pair(owner, `telegram:${name}`, 'member');
	const { token } = await people.desk.issueToken({ person: id, role: 'member' }, 'mcp');
	return { token, person: id };
}

describe.each(ERAS)('a client of revision %s', (era) => {
	it('lists tools with schemas, calls them, and reads answers as text and as data', async () => {
		const client = await connected(era);
		const { tools } = await client.listTools();
		expect(tools.map(({ name }) => name)).toEqual(expect.arrayContaining(['get_tasks', 'next_task', 'submit_task']));
		const answer = await client.callTool({
			name: 'set_task_status',
			arguments: { projectRoot: ROOT, id: '2', status: 'done' },
		});
		expect(answer.structuredContent).toMatchObject({ data: { tasks: [{ taskId: '2', newStatus: 'done' }] } });
		const [text] = answer.content;
		expect(JSON.parse(text?.type === 'text' ? text.text : '')).toEqual(answer.structuredContent);
		await client.close();
	});

	it('checks, saves, finds and runs workflows', async () => {
		const client = await connected(era);
		const call = async (name: string, given: Record<string, unknown> = {}) =>
			(await client.callTool({ name, arguments: given })).structuredContent as { data: Record<string, unknown> };
		const name = `told-${era.replaceAll('-', '')}`;
		const text = `name: ${name}\nsteps:\n  - let: hello\n`;
		expect(await call('check_workflow', { text: 'name: [' })).toMatchObject({
			data: { ok: false, problems: [{ line: 1 }] },
		});
		expect(await call('check_workflow', { text })).toMatchObject({ data: { ok: true, steps: [{ kind: 'let' }] } });
		expect(await call('save_workflow', { text })).toEqual({ data: { name, version: 1 } });
		expect(await call('list_workflows')).toMatchObject({
			data: { workflows: expect.arrayContaining([expect.objectContaining({ name, origin: 'saved', enabled: true })]) },
		});
		expect(await call('get_workflow', { name })).toMatchObject({ data: { text, version: 1 } });
		expect(await call('run_workflow', { name })).toMatchObject({ data: { goal: `Run "${name}"` } });
		await client.close();
	});

	it('is refused in words, as the tool’s answer', async () => {
		const client = await connected(era);
		const answer = await client.callTool({ name: 'get_task', arguments: { projectRoot: ROOT, id: '99' } });
		expect(answer).toMatchObject({ isError: true, content: [{ text: 'There is no task 99. get_tasks lists them.' }] });
		const bad = await client.callTool({ name: 'set_task_status', arguments: { projectRoot: ROOT } });
		expect(bad).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('id:') }] });
		await expect(client.callTool({ name: 'no_such_tool', arguments: {} })).rejects.toThrow('There is no tool');
		await client.close();
	});

	it('hears how long work goes, and gets its answer', async () => {
		const client = await connected(era);
		const heard: number[] = [];
		const answer = await client.callTool(
			{ name: 'expand_task', arguments: { projectRoot: ROOT, id: '1' } },
			{ onprogress: ({ progress }) => heard.push(progress) },
		);
		expect(answer.structuredContent).toMatchObject({ data: { taskId: '1' } });
		expect(heard).toEqual([25, 50, 75]);
		await client.close();
	});

	it('gets an operation at once when it asks for one, and stops it', async () => {
		const client = await connected(era);
		// Longer than the calls take on a busy machine.
		server.backlogs.workMs = 60_000;
		onTestFinished(() => {
			server.backlogs.workMs = 50;
		});
		const call = async (name: string, input: Record<string, unknown>) =>
			(await client.callTool({ name, arguments: input })).structuredContent as { data: Record<string, unknown> };
		const { data } = await call('expand_task', { projectRoot: ROOT, id: '1', async: true });
		expect(data).toMatchObject({ operationId: expect.any(String), status: 'in_progress' });
		expect(await call('operation_status', data)).toMatchObject({ data: { status: 'in_progress' } });
		expect(await call('operation_cancel', data)).toMatchObject({ data: { status: 'cancelled' } });
		await client.close();
	});

	it('is asked which folder is open where a call does not say', async () => {
		const client = await connected(era, { capabilities: { roots: {} } });
		client.setRequestHandler('roots/list', async () => ({ roots: [{ uri: 'file:///projects/open%20one' }] }));
		await client.callTool({ name: 'get_tasks', arguments: {} });
		expect(server.backlogs.calls.at(-1)?.args['projectRoot']).toBe('/projects/open one');
		await client.close();
	});

	it('puts a task’s questions to its person, secrets only by address', async () => {
		const client = await connected(era, { capabilities: { elicitation: { form: {}, url: {} } } });
		const asked: unknown[] = [];
		client.setRequestHandler('elicitation/create', async ({ params }) => {
			asked.push(params);
			return params.mode === 'url' ? { action: 'accept' } : { action: 'accept', content: { answer: true } };
		});
		const submitted = await client.callTool({ name: 'submit_task', arguments: { goal: 'Send the letter' } });
		const { data } = submitted.structuredContent as { data: { id: string } };
		const id = asTaskId(data.id);
		server.desk.ask(id, [
			{ id: asQuestionId('q1'), kind: 'approval', purpose: 'effect', text: 'Send it?' },
			{ id: asQuestionId('q2'), kind: 'secret', purpose: 'step', text: 'The password?' },
		]);
		await client.callTool({ name: 'task_status', arguments: { taskId: data.id } });
		expect(server.desk.calls.at(-1)).toEqual(['answer', id, 'q1', 'approve']);
		expect(asked).toMatchObject([
			{ message: 'Send it?', requestedSchema: { properties: { answer: { type: 'boolean' } } } },
			{ mode: 'url', message: 'The password?', url: `${server.url}/#/tasks/${data.id}` },
		]);
		const refused = await client.callTool({
			name: 'answer_question',
			arguments: { taskId: data.id, questionId: 'q2', answer: 'hunter2' },
		});
		expect(refused).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('over MCP') }] });
		await client.close();
	});

	it('reads backlogs and tasks, and hears when they change', async () => {
		const client = await connected(era);
		await client.callTool({ name: 'get_tasks', arguments: { projectRoot: ROOT } });
		const { resources } = await client.listResources();
		const { uri = '' } = resources.find(({ name }) => name === ROOT) ?? {};
		expect(uri).toMatch(/^backlog:/);
		const { contents } = await client.readResource({ uri: `${uri}/items/2` });
		expect(contents).toMatchObject([{ mimeType: 'application/json', text: expect.stringContaining('Item 2') }]);
		const updated: string[] = [];
		client.setNotificationHandler('notifications/resources/updated', ({ params }) => void updated.push(params.uri));
		const item = `${uri}/items/1`;
		if (era === '2026-07-28') await client.listen({ resourceSubscriptions: [item] });
		else await client.subscribeResource({ uri: item });
		for (const id of ['3', '1']) {
			await client.callTool({ name: 'set_task_status', arguments: { projectRoot: ROOT, id, status: 'review' } });
		}
		await server.clock.advance(1_000);
		await vi.waitFor(() => expect(updated).toEqual([item]));
		await client.close();
	});

	it('finds nothing of another person', async () => {
		const mine = await connected(era);
		const { token } = await another(era.replaceAll('-', ''));
		const theirs = await connected(era, { token });
		await mine.callTool({ name: 'get_tasks', arguments: { projectRoot: ROOT } });
		const { resources } = await mine.listResources();
		const { uri = '' } = resources.find(({ name }) => name === ROOT) ?? {};
		const submitted = await mine.callTool({ name: 'submit_task', arguments: { goal: 'Mine alone' } });
		const { data } = submitted.structuredContent as { data: { id: string } };
		const started = await mine.callTool({
			name: 'expand_task',
			arguments: { projectRoot: ROOT, id: '1', async: true },
		});
		const { operationId } = (started.structuredContent as { data: { operationId: string } }).data;
		for (const [name, input] of [
			['get_tasks', { projectRoot: ROOT }],
			['task_status', { taskId: data.id }],
			['cancel_task', { taskId: data.id }],
			['operation_status', { operationId }],
		] as const) {
			expect(await theirs.callTool({ name, arguments: input }), name).toMatchObject({ isError: true });
		}
		expect((await theirs.listResources()).resources).toEqual([]);
		await expect(theirs.readResource({ uri })).rejects.toThrow('There is no backlog');
		await expect(theirs.readResource({ uri: `task://${data.id}` })).rejects.toThrow();
		if (era === '2026-07-28') await expect(theirs.listen({ resourceSubscriptions: [uri] })).rejects.toThrow();
		else await expect(theirs.subscribeResource({ uri })).rejects.toThrow('There is no backlog');
		await Promise.all([mine.close(), theirs.close()]);
	});

	it('picks prompts, and how many tools it has room for', async () => {
		const client = await connected(era, { tools: 'core' });
		expect((await client.listTools()).tools.length).toBeLessThan(15);
		const { messages } = await client.getPrompt({ name: 'break_down', arguments: { id: '7' } });
		expect(messages).toMatchObject([{ content: { text: expect.stringContaining('Break task 7 down') } }]);
		await expect(client.getPrompt({ name: 'break_down', arguments: {} })).rejects.toThrow('needs id');
		await client.close();
	});
});
