import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AgentCard, Role, type SendMessageRequest, type StreamResponse, type Task, TaskState } from '@a2a-js/sdk';
import {
	type Client,
	ClientFactory,
	DefaultAgentCardResolver,
	JsonRpcTransportFactory,
	RestTransportFactory,
} from '@a2a-js/sdk/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ErrandProcess, startErrand } from '../harness/errand-process.ts';
import { eventually } from '../harness/process-tree.ts';

const GOAL = 'Ask me which colour I like';

let folder: string;
let errand: ErrandProcess;
let heard: { token: unknown; body: { statusUpdate: { status: { state: string } } } }[];
let receiver: Server;
let options: { env: Record<string, string> };

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'errand-a2a-'));
	heard = [];
	receiver = createServer(async (request, response) => {
		const chunks = [];
		for await (const chunk of request) chunks.push(chunk as Buffer);
		const body = JSON.parse(Buffer.concat(chunks).toString()) as (typeof heard)[number]['body'];
		heard.push({ token: request.headers['x-a2a-notification-token'], body });
		response.end();
	});
	await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
	const port = (receiver.address() as AddressInfo).port;
	options = { env: { ERRAND_ALLOW_PRIVATE_HOSTS: `127.0.0.1:${port}` } };
	errand = await startErrand({ ...options, dataDir: join(folder, 'b') });
}, 120_000);
afterAll(async () => {
	await errand.dispose();
	receiver.close();
	await rm(folder, { recursive: true, force: true });
});

async function connect(
	to: ErrandProcess,
	token = to.token,
	Transport: typeof JsonRpcTransportFactory | typeof RestTransportFactory = JsonRpcTransportFactory,
): Promise<{ client: Client; card: AgentCard }> {
	const fetchImpl: typeof fetch = (input, init) =>
		fetch(input, {
			...init,
			headers: { ...Object.fromEntries(new Headers(init?.headers)), authorization: `Bearer ${token}` },
		});
	const card = await new DefaultAgentCardResolver({ fetchImpl }).resolve(to.url);
	const factory = new ClientFactory({ transports: [new Transport({ fetchImpl })] });
	return { card, client: await factory.createFromAgentCard(card) };
}

let said = 0;
function saying(text: string, change: Partial<NonNullable<SendMessageRequest['message']>> = {}): SendMessageRequest {
	const content = { $case: 'text', value: text } as const;
	const parts = [{ content, metadata: undefined, filename: '', mediaType: 'text/plain' }];
	const message = {
		...{ messageId: `m${++said}`, taskId: '', contextId: '', role: Role.ROLE_USER, parts },
		...{ metadata: undefined, extensions: [], referenceTaskIds: [] },
		...change,
	};
	return { tenant: '', message, configuration: undefined, metadata: undefined };
}

async function all(events: AsyncGenerator<StreamResponse>, seen: StreamResponse[] = []): Promise<StreamResponse[]> {
	for await (const event of events) seen.push(event);
	return seen;
}

const taskOf = (event: StreamResponse | undefined) => {
	if (event?.payload?.$case === 'task') return event.payload.value.id;
	return event?.payload?.$case === 'statusUpdate' ? event.payload.value.taskId : '';
};
const stateOf = (event: StreamResponse | undefined) =>
	event?.payload?.$case === 'task' || event?.payload?.$case === 'statusUpdate'
		? event.payload.value.status?.state
		: undefined;

describe('A2A 1.0', () => {
	it('answers what is nested too deeply', async () => {
		const deep = '['.repeat(100_000) + ']'.repeat(100_000);
		const parts = `"parts":[{"data":${deep}}]`;
		const message = `{"message":{"messageId":"deep","role":"ROLE_USER",${parts}}}`;
		for (const method of ['GetTask', 'SendMessage', 'SendStreamingMessage']) {
			const response = await fetch(`${errand.url}/a2a`, {
				method: 'POST',
				headers: { authorization: `Bearer ${errand.token}`, 'content-type': 'application/json', 'a2a-version': '1.0' },
				body: `{"jsonrpc":"2.0","id":${deep},"method":"${method}","params":${message}}`,
			});
			expect(await response.text()).toContain('"error"');
		}
	});

	it('has a client of the official SDK drive a task with a question in the middle', async () => {
		const { client, card } = await connect(errand);
		expect(card).toMatchObject({ name: 'Errand', capabilities: { streaming: true, pushNotifications: true } });
		const first = saying(GOAL);
		const [asked] = (await all(client.sendMessageStream(first))).slice(-1);
		expect(stateOf(asked)).toBe(TaskState.TASK_STATE_INPUT_REQUIRED);
		// Sent again, it is the same task: nothing is begun twice.
		const again = (await client.sendMessage(first)) as Task;
		expect(again).toMatchObject({ id: taskOf(asked), history: [{ messageId: first.message?.messageId }] });
		const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/told`;
		const push = { tenant: '', taskId: again.id, id: 'p1', url, token: 'shown-to-me', authentication: undefined };
		expect(await client.createTaskPushNotificationConfig(push)).toMatchObject({ id: 'p1', url, token: '' });
		await eventually(async () => heard.length > 0);
		const port = new URL(errand.url).port;
		await errand.kill();
		errand = await startErrand({ ...options, dataDir: errand.dataDir, env: { ...options.env, PORT: port } });
		const answer = saying('Blue', { taskId: again.id, contextId: again.contextId });
		const events = await all(client.sendMessageStream(answer));
		expect(stateOf(events.at(-1))).toBe(TaskState.TASK_STATE_COMPLETED);
		await client.sendMessage(answer);
		const done = await client.getTask({ tenant: '', id: again.id });
		expect(done.artifacts[0]?.parts[0]?.content).toMatchObject({
			$case: 'text',
			value: expect.stringContaining('Blue') as string,
		});
		expect(done.history.map(({ messageId }) => messageId)).toEqual([
			first.message?.messageId,
			answer.message?.messageId,
		]);
		await eventually(async () => heard.some(({ body }) => body.statusUpdate.status.state === 'TASK_STATE_COMPLETED'));
		expect(heard[0]).toMatchObject({
			token: 'shown-to-me',
			body: { statusUpdate: { status: { state: 'TASK_STATE_INPUT_REQUIRED' } } },
		});
		const mine = {
			tenant: '',
			contextId: again.contextId,
			status: TaskState.TASK_STATE_UNSPECIFIED,
			pageToken: '',
			statusTimestampAfter: undefined,
		};
		expect((await client.listTasks(mine)).tasks.map(({ id }) => id)).toEqual([again.id]);
		await expect(all(client.resubscribeTask({ tenant: '', id: again.id }))).rejects.toThrow(/over/);
	});

	it('is spoken as plain HTTP with JSON, too', async () => {
		const { client, card } = await connect(errand, errand.token, RestTransportFactory);
		expect(card.supportedInterfaces.map(({ protocolBinding }) => protocolBinding)).toEqual(['JSONRPC', 'HTTP+JSON']);
		const [asked] = (await all(client.sendMessageStream(saying('Ask me which colour she likes')))).slice(-1);
		expect(stateOf(asked)).toBe(TaskState.TASK_STATE_INPUT_REQUIRED);
		const task = await client.getTask({ tenant: '', id: taskOf(asked) });
		const done = await client.sendMessage(saying('Red', { taskId: task.id, contextId: task.contextId }));
		expect(done).toMatchObject({ id: task.id, status: { state: TaskState.TASK_STATE_COMPLETED } });
		await expect(client.getTask({ tenant: '', id: 'nothing' })).rejects.toThrow();
		await expect(client.cancelTask({ tenant: '', id: task.id, metadata: undefined })).rejects.toThrow();
		const { call } = errand;
		expect((await fetch(`${errand.url}/a2a/v1/tasks`, { headers: { 'a2a-version': '1.0' } })).status).toBe(401);
		expect((await call('GET', '/a2a/v1/nothing', undefined, { 'a2a-version': '1.0' })).status).toBe(404);
	});

	it('lets a task be listened to, answered by somebody else and called off', async () => {
		const { client } = await connect(errand);
		const { id } = (await client.sendMessage(saying(GOAL))) as Task;
		const heard: StreamResponse[] = [];
		const listening = all(client.resubscribeTask({ tenant: '', id }), heard);
		// It is listened to before it is called off.
		await eventually(async () => heard.length > 0);
		const canceled = await client.cancelTask({ tenant: '', id, metadata: undefined });
		expect(canceled.status?.state).toBe(TaskState.TASK_STATE_CANCELED);
		expect(stateOf((await listening).at(-1))).toBe(TaskState.TASK_STATE_CANCELED);
		await expect(client.sendMessage(saying('Late', { taskId: id }))).rejects.toThrow(/asks nothing/);
	});

	it('refuses what is forged, too big or ill-formed in the words of the protocol', async () => {
		const { client } = await connect(errand);
		await expect(connect(errand, 'wrong').then(({ client: other }) => other.sendMessage(saying('x')))).rejects.toThrow(
			/401/,
		);
		await expect(client.getTask({ tenant: '', id: 'nobodys' })).rejects.toThrow(/no task|There is no/i);
		const empty = saying('x');
		if (empty.message) empty.message.parts = [];
		await expect(client.sendMessage(empty)).rejects.toThrow(/parts/);
		const { id } = (await client.sendMessage(saying(GOAL))) as Task;
		const push = {
			tenant: '',
			taskId: id,
			id: '',
			url: 'http://169.254.169.254/latest',
			token: '',
			authentication: undefined,
		};
		await expect(client.createTaskPushNotificationConfig(push)).rejects.toThrow(/private|address/i);
		const rpc = (body: string, version = '1.0') =>
			errand
				.call('POST', '/a2a', body, { 'A2A-Version': version })
				.then(async (answer) => (await answer.json()) as Refused);
		expect(await rpc('{"jsonrpc":')).toMatchObject({ error: { code: -32_700 } });
		expect(await rpc('[]')).toMatchObject({ error: { code: -32_602 } });
		expect(await rpc('{"jsonrpc":"2.0","id":1,"method":"Nothing","params":{}}')).toMatchObject({
			id: 1,
			error: { code: -32_601 },
		});
		expect(await rpc('{"jsonrpc":"2.0","id":1,"method":"GetTask","params":{"id":"x"}}', '0.3')).toMatchObject({
			error: { code: -32_009 },
		});
		const big = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'GetTask', params: { id: 'x'.repeat(9_000_000) } });
		const refused = await errand.call('POST', '/a2a', big, { 'A2A-Version': '1.0' }).catch(() => undefined);
		expect(refused === undefined || refused.status === 413).toBe(true);
	});

	it('lets two Errands talk: one asks the other, whose question its own person answers', async () => {
		const file = join(folder, 'agents.yaml');
		await writeFile(file, `agents:\n  b:\n    url: ${errand.url}\n    token: ${errand.token}\n`);
		const asking = await startErrand({
			env: { ERRAND_AGENTS: file, ERRAND_ALLOW_PRIVATE_HOSTS: new URL(errand.url).host },
		});
		try {
			const plan = [
				{ id: 'other', title: 'Have B do it', capability: 'agent.b', input: { text: GOAL }, dependsOn: [] },
			];
			const id = await asking.submit({ goal: 'Have B ask me', plan });
			const waiting = await asking.settled(id);
			expect(waiting).toMatchObject({
				status: 'waiting',
				questions: [{ text: 'The agent "b" asks: Which colour do you like?' }],
			});
			const questionId = waiting.questions[0]?.id;
			await asking.call('POST', `/v1/tasks/${id}/input`, { questionId, answer: 'Green' });
			await eventually(async () => (await asking.task(id)).endedAt !== undefined);
			const done = await asking.task(id);
			expect(done).toMatchObject({ status: 'done' });
			expect(done.result?.text).toContain('Green');
			const { tasks } = (await (await errand.call('GET', '/v1/tasks?limit=100')).json()) as {
				tasks: { goal: string; status: string }[];
			};
			expect(tasks.filter(({ goal, status }) => goal === GOAL && status === 'done')).toHaveLength(2);

			// A mailbox here whose agent is there: each message is a task of its own.
			const post = async (path: string, body: object) => (await asking.call('POST', path, body)).json();
			const reach = { kind: 'a2a', url: errand.url, token: errand.token };
			await post('/v1/agents', { name: 'me' });
			await post('/v1/agents', { name: 'b', reach });
			const message = { id: 'q', source: 'me', target: 'b', type: 'question', payload: 'hello', timeoutMs: 60_000 };
			const answer = await post('/v1/agents/request', message);
			expect(answer).toMatchObject({ source: 'b', inReplyTo: 'q', payload: { state: 'completed' } });
			expect(JSON.stringify(await (await asking.call('GET', '/v1/agents')).json())).not.toContain(errand.token);
			await post('/v1/agents', { name: 'b', reach: { ...reach, token: 'not-it' } });
			await post('/v1/agents/messages', { ...message, id: 'q2', timeoutMs: undefined });
			await eventually(async () => asking.output().includes('agent message not carried'));
		} finally {
			await asking.dispose();
		}
	});
});

describe('agents over HTTP', () => {
	it('speak with their own tokens, for themselves alone, and nowhere else', async () => {
		const tokens: Record<string, string> = {};
		for (const name of ['asker', 'helper']) {
			const made = await errand.call('POST', '/v1/agents', { name, description: 'For a test.' });
			tokens[name] = ((await made.json()) as { token: string }).token;
		}
		const as = (name: string, method: string, path: string, body?: unknown) =>
			errand.call(method, path, body, { Authorization: `Bearer ${tokens[name]}` });
		const question = { id: 'q1', source: 'asker', target: 'helper', type: 'question', payload: { n: 2 } };
		const asking = as('asker', 'POST', '/v1/agents/request', { ...question, timeoutMs: 60_000 });
		const got = await as('helper', 'GET', '/v1/agents/helper/messages?max=5&wait=20000');
		expect(await got.json()).toMatchObject({ messages: [{ message: { id: 'q1', origins: ['agent:asker'] } }] });
		const answer = { id: 'a1', source: 'helper', target: 'asker', type: 'reply', inReplyTo: 'q1', payload: 4 };
		expect((await as('asker', 'POST', '/v1/agents/messages', answer)).status).toBe(403);
		expect((await as('helper', 'POST', '/v1/agents/messages', answer)).status).toBe(202);
		expect(await (await asking).json()).toMatchObject({ source: 'helper', payload: 4 });
		expect((await as('helper', 'POST', '/v1/agents/helper/messages/ack', { ids: ['q1'] })).status).toBe(204);
		expect((await as('asker', 'GET', '/v1/agents/helper/messages')).status).toBe(403);
		expect((await as('asker', 'GET', '/v1/tasks')).status).toBe(401);
		expect((await as('asker', 'POST', '/v1/agents/messages', { ...question, id: 'q2', target: 'nobody' })).status).toBe(
			404,
		);
	});
});

interface Refused {
	readonly error: { readonly code: number };
}
