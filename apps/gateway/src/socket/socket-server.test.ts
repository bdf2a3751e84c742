import { request } from 'node:http';
import { asConversationId, asReplyId, asStepId } from '@errand/core/domain/ids.ts';
import type { RecordedTaskFact } from '@errand/core/domain/task/facts.ts';
import { taskFact } from '@errand/core/domain/task/facts.ts';
import { io as connectTo, type Socket } from 'socket.io-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OWNER } from '../auth/authenticator.ts';
import { startTestServer, type TestServer, TOKEN } from '../http/fixture/test-server.ts';

let server: TestServer;
let clients: Socket[];
beforeEach(async () => {
	server = await startTestServer();
	clients = [];
});
afterEach(async () => {
	for (const client of clients) client.disconnect();
	await server.stop();
});

interface Client {
	readonly socket: Socket;
	readonly conversation: Promise<string>;
	readonly failure: Promise<Error & { data?: { code: string }; description?: unknown }>;
}

function connect(options: { auth?: object; headers?: Record<string, string> } = {}): Client {
	const socket = connectTo(server.url, {
		auth: options.auth ?? { token: TOKEN },
		transports: ['websocket'],
		...(options.headers ? { extraHeaders: options.headers } : {}),
		reconnection: false,
		forceNew: true,
	});
	clients.push(socket);
	return {
		socket,
		conversation: new Promise((resolve) => socket.once('conversation', ({ id }: { id: string }) => resolve(id))),
		failure: new Promise((resolve) => socket.once('connect_error', resolve)),
	};
}

const ask = (socket: Socket, event: string, payload: unknown) => socket.timeout(30_000).emitWithAck(event, payload);
const skipped = (reason = 'for the test') =>
	taskFact('StepSkipped', { stepId: asStepId('s1'), cause: 'person', reason });

async function submit() {
	const { id } = await server.desk.submit(OWNER, { goal: 'Follow me' });
	return id;
}

describe('connecting', () => {
	it('needs a token or a login', async () => {
		for (const auth of [{}, { token: 'wrong' }, { token: 7 }, { token: '' }]) {
			expect((await connect({ auth }).failure).data).toMatchObject({ code: 'unauthorized', status: 401 });
		}
	});

	it('counts wrong tokens like the HTTP calls do', async () => {
		await server.stop();
		server = await startTestServer({ limits: { failures: 2 } });
		const codes = [];
		for (let n = 0; n < 3; n++) codes.push((await connect({ auth: { token: `guess-${n}` } }).failure).data?.code);
		expect(codes).toEqual(['unauthorized', 'unauthorized', 'rate-limited']);
		expect(await connect().conversation).toBe('web-owner');
	});

	it('works with a login cookie, until that login ends', async () => {
		const { code } = server.authenticator.issueCode(OWNER, { from: 'server' });
		const response = await server.call('POST', '/login', { code });
		const cookie = (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
		const { socket, conversation } = connect({ auth: {}, headers: { cookie } });
		expect(await conversation).toBe('web-owner');
		const gone = new Promise((resolve) => socket.once('disconnect', resolve));
		const headers = { Cookie: cookie, Origin: server.url };
		await new Promise((resolve) => request(`${server.url}/logout`, { method: 'POST', headers }, resolve).end());
		await gone;
	});

	it('refuses foreign origins and hosts before the handshake', async () => {
		for (const headers of [{ origin: 'https://evil.example' }, { host: 'evil.example' }]) {
			expect(String(await connect({ headers }).failure)).toContain('websocket error');
		}
		expect(await connect({ headers: { origin: server.url } }).conversation).toBe('web-owner');
	});

	it('opens the conversation named, if it is one’s own', async () => {
		const opened = (conversation: unknown) => connect({ auth: { token: TOKEN, conversation } }).conversation;
		expect(await opened('web-owner-desk')).toBe('web-owner-desk');
		for (const foreign of ['web-ann', 'discord-1', 7]) expect(await opened(foreign)).toBe('web-owner');
	});
});

describe('messages', () => {
	it('are acknowledged with their id once durable, and the same one only once', async () => {
		const { socket } = connect();
		const message = { conversationId: 'web-owner', text: 'Hi', clientId: 'c1' };
		const first = await ask(socket, 'message', message);
		expect(first).toEqual({ id: expect.any(String) });
		expect(await ask(socket, 'message', message)).toEqual(first);
	});

	it('are refused with a problem that names what is wrong', async () => {
		const { socket } = connect();
		const refused = async (payload: unknown) => ((await ask(socket, 'message', payload)) as { error: object }).error;
		expect(await refused({ text: ' ', clientId: 'c' })).toMatchObject({ code: 'empty-goal', status: 400 });
		expect(await refused({ text: 'x'.repeat(1_000_000), clientId: 'c' })).toMatchObject({
			code: 'too-large',
			status: 413,
		});
		expect(await refused({ text: 7 })).toMatchObject({
			code: 'invalid-input',
			errors: [{ path: 'text' }, { path: 'clientId' }],
		});
		expect(await refused({ text: 'x', clientId: 'c', conversationId: 'web-ann' })).toMatchObject({
			code: 'unknown-conversation',
		});
		expect(await refused('nonsense')).toMatchObject({ code: 'invalid-input' });
		expect(await refused(null)).toMatchObject({ code: 'invalid-input' });
	});

	it('without an acknowledgement or with anything else break nothing', async () => {
		const { socket } = connect();
		socket.emit('message');
		socket.emit('follow', { taskId: {} });
		socket.emit('unfollow', 7);
		socket.emit('message', () => {});
		expect(await ask(socket, 'message', { text: 'Hi', clientId: 'c9' })).toMatchObject({ id: expect.any(String) });
	});

	it('are refused with 429 when they come too fast', async () => {
		await server.stop();
		server = await startTestServer({ limits: { callsPerSecond: 1 } });
		const { socket } = connect();
		const answers = await Promise.all([1, 2, 3].map((n) => ask(socket, 'message', { text: 'x', clientId: `c${n}` })));
		expect(answers.at(-1)).toMatchObject({ error: { code: 'rate-limited', status: 429 } });
	});
});

describe('replies', () => {
	it('reach everyone who shows the conversation and nobody else, with a receipt', async () => {
		const [one, two, other] = [connect(), connect(), connect({ auth: { token: TOKEN, conversation: 'web-owner-x' } })];
		const seen: unknown[] = [];
		for (const client of [one, two]) client.socket.on('reply', (event) => seen.push(event));
		other.socket.on('reply', () => seen.push('leaked'));
		await Promise.all([one.conversation, two.conversation, other.conversation]);
		const receipt = await server.frontend.deliver({
			id: asReplyId('r1'),
			kind: 'answer',
			text: 'Done.',
			conversation: asConversationId('web-owner'),
			seq: 4,
			repeated: true,
		});
		expect(receipt).toEqual({ platformMessageIds: ['r1'], at: server.clock.now() });
		const event = { conversationId: 'web-owner', seq: 4, reply: { id: 'r1', kind: 'answer', text: 'Done.' } };
		await vi.waitFor(() => expect(seen).toEqual([event, event]));
	});

	it('reach who wrote into another of their conversations', async () => {
		const { socket } = connect();
		await ask(socket, 'message', { conversationId: 'web-owner-two', text: 'Hi', clientId: 'c' });
		const reply = new Promise((resolve) => socket.once('reply', resolve));
		await server.frontend.deliver({
			id: asReplyId('r'),
			kind: 'notice',
			text: 'x',
			conversation: asConversationId('web-owner-two'),
			seq: 1,
		});
		expect(await reply).toMatchObject({ conversationId: 'web-owner-two' });
	});
});

describe('following a task', () => {
	it('catches up from the place given and goes on live, in order', async () => {
		const task = await submit();
		for (let n = 0; n < 1_200; n++) server.desk.add(task, skipped());
		const { socket } = connect();
		const seqs: number[] = [];
		socket.on('fact', ({ taskId, fact }: { taskId: string; fact: RecordedTaskFact }) => {
			if (taskId === task) seqs.push(fact.seq);
		});
		expect(await ask(socket, 'follow', { taskId: task, after: 3 })).toEqual({ taskId: task });
		const progress = new Promise((resolve) => socket.once('progress', resolve));
		server.desk.add(task, skipped());
		await vi.waitFor(() => expect(seqs.at(-1)).toBe(1_202));
		server.desk.progress(task, { stepId: asStepId('s1'), percent: 10, text: 'reading' });
		expect(await progress).toEqual({ taskId: task, stepId: 's1', percent: 10, text: 'reading' });
		expect(seqs).toEqual(Array.from({ length: 1_199 }, (_, n) => n + 4));
	});

	it('starts over when followed again, and stops when told or disconnected', async () => {
		const task = await submit();
		const { socket } = connect();
		await ask(socket, 'follow', { taskId: task, after: 0 });
		await ask(socket, 'follow', { taskId: task, after: 0 });
		expect(server.desk.listeners(task)).toBe(1);
		socket.emit('unfollow', { taskId: task });
		await vi.waitFor(() => expect(server.desk.listeners(task)).toBe(0));
		await ask(socket, 'follow', { taskId: task, after: 0 });
		socket.disconnect();
		await vi.waitFor(() => expect(server.desk.listeners(task)).toBe(0));
	});

	it('refuses unknown tasks and more than fifty at once', async () => {
		const { socket } = connect();
		expect(await ask(socket, 'follow', { taskId: 'nope', after: 0 })).toMatchObject({
			error: { code: 'unknown-task' },
		});
		for (let n = 0; n < 50; n++) await ask(socket, 'follow', { taskId: await submit(), after: 0 });
		expect(await ask(socket, 'follow', { taskId: await submit(), after: 0 })).toMatchObject({
			error: { code: 'not-possible' },
		});
	});

	it('cuts off a reader of live facts that reads nothing', async () => {
		const task = await submit();
		const { socket } = connect();
		await ask(socket, 'follow', { taskId: task, after: 0 });
		const engine = socket.io.engine as unknown as { transport: { ws: { _socket?: { pause(): void } } } };
		engine.transport.ws._socket?.pause();
		const big = skipped('x'.repeat(20_000));
		for (let n = 0; n < 6_000 && server.desk.listeners(task) > 0; n++) {
			server.desk.add(task, big);
			if (n % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
		}
		expect(server.desk.listeners(task)).toBe(0);
	});
});

describe('a server that stops', () => {
	it('says why, and lets clients connect again by themselves', async () => {
		const { socket, conversation } = connect();
		await conversation;
		const closing = new Promise((resolve) => socket.once('closing', resolve));
		const reason = new Promise((resolve) => socket.once('disconnect', resolve));
		await server.stop();
		expect(await closing).toEqual({ reason: 'the test is over' });
		// Anything but `io server disconnect`, after which clients stay away.
		expect(await reason).toBe('transport close');
	});
});
