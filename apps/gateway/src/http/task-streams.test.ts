import { request } from 'node:http';
import { connect } from 'node:net';
import { asStepId, asTaskId } from '@errand/core/domain/ids.ts';
import { taskFact } from '@errand/core/domain/task/facts.ts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startTestServer, type TestServer, TOKEN } from './fixture/test-server.ts';

let server: TestServer;
let stops: (() => void)[];
beforeEach(async () => {
	server = await startTestServer();
	stops = [];
});
afterEach(async () => {
	for (const stop of stops) stop();
	await server.stop();
});

async function submit(): Promise<ReturnType<typeof asTaskId>> {
	const { id } = (await (await server.call('POST', '/v1/tasks', { goal: 'Stream' })).json()) as { id: string };
	return asTaskId(id);
}

function stream(path: string, headers: Record<string, string> = {}) {
	const seen = { text: '', closed: false, type: '' };
	const call = request(server.url + path, {
		headers: { Authorization: `Bearer ${TOKEN}`, Accept: 'text/event-stream', ...headers },
	});
	call.on('response', (response) => {
		seen.type = response.headers['content-type'] ?? '';
		response.setEncoding('utf8');
		response.on('data', (chunk: string) => {
			seen.text += chunk;
		});
		response.on('close', () => {
			seen.closed = true;
		});
	});
	call.on('error', () => {});
	call.end();
	stops.push(() => call.destroy());
	const ids = () => [...seen.text.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]));
	return { seen, ids, stop: () => call.destroy() };
}

const skipped = taskFact('StepSkipped', { stepId: asStepId('s1'), cause: 'person', reason: 'for the test' });

describe('the events of a task', () => {
	it('come as JSON with the place to go on from', async () => {
		const task = await submit();
		server.desk.add(task, skipped);
		const all = await (await server.call('GET', `/v1/tasks/${task}/events`)).json();
		expect(all).toMatchObject({
			events: [
				{ seq: 1, type: 'TaskSubmitted' },
				{ seq: 2, type: 'StepSkipped' },
			],
			next: 2,
		});
		const rest = await (await server.call('GET', `/v1/tasks/${task}/events?after=2`)).json();
		expect(rest).toEqual({ events: [], next: 2 });
	});

	it('come as JSON to whoever accepts anything', async () => {
		const task = await submit();
		const response = await server.call('GET', `/v1/tasks/${task}/events`, undefined, { Accept: '*/*' });
		expect(response.headers.get('content-type')).toContain('application/json');
	});

	it('answer a HEAD request at once', async () => {
		const task = await submit();
		const response = await server.call('HEAD', `/v1/tasks/${task}/events`, undefined, { Accept: 'text/event-stream' });
		expect([response.status, server.streams.count]).toEqual([200, 0]);
	});

	it('stream old facts, then live ones and progress', async () => {
		const task = await submit();
		const { seen, ids } = stream(`/v1/tasks/${task}/events`);
		await vi.waitFor(() => expect(server.desk.listeners(task)).toBe(1));
		server.desk.add(task, skipped);
		server.desk.progress(task, { stepId: asStepId('s1'), percent: 50 });
		await vi.waitFor(() => expect(seen.text).toContain('event: progress'));
		expect(seen.type).toBe('text/event-stream');
		expect(ids()).toEqual([1, 2]);
		expect(seen.text).toContain(`event: progress\ndata: {"taskId":"${task}","stepId":"s1","percent":50}\n\n`);
		const fact = /event: fact\nid: 2\ndata: (.*)\n\n/.exec(seen.text)?.[1] ?? '';
		expect(JSON.parse(fact)).toMatchObject({ seq: 2, type: 'StepSkipped', v: 1 });
	});

	it('resume after the last event a reader had, without gap or repeat', async () => {
		const task = await submit();
		for (let n = 0; n < 1_500; n++) server.desk.add(task, skipped);
		const first = stream(`/v1/tasks/${task}/events`);
		await vi.waitFor(() => expect(first.ids().length).toBeGreaterThan(0));
		first.stop();
		const had = first.ids();
		const last = had.at(-1) ?? 0;
		const second = stream(`/v1/tasks/${task}/events?after=3`, { 'Last-Event-ID': String(last) });
		await vi.waitFor(() => expect(server.desk.listeners(task)).toBe(1));
		server.desk.add(task, skipped);
		await vi.waitFor(() => expect(second.ids().at(-1)).toBe(1_502));
		expect([...had, ...second.ids()]).toEqual(Array.from({ length: 1_502 }, (_, n) => n + 1));
	});

	it('end with their reader', async () => {
		const task = await submit();
		const { stop } = stream(`/v1/tasks/${task}/events`);
		await vi.waitFor(() => expect(server.desk.listeners(task)).toBe(1));
		stop();
		await vi.waitFor(() => expect([server.desk.listeners(task), server.streams.count]).toEqual([0, 0]));
	});

	it('cut off a reader of live facts that reads nothing, rather than fill the memory', async () => {
		const task = await submit();
		const socket = connect(server.port, '127.0.0.1');
		stops.push(() => socket.destroy());
		socket.pause();
		socket.write(
			`GET /v1/tasks/${task}/events HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nAuthorization: Bearer ${TOKEN}\r\nAccept: text/event-stream\r\n\r\n`,
		);
		await vi.waitFor(() => expect(server.desk.listeners(task)).toBe(1));
		const big = taskFact('StepSkipped', { stepId: asStepId('s1'), cause: 'person', reason: 'x'.repeat(60_000) });
		for (let n = 0; n < 400 && server.desk.listeners(task) > 0; n++) {
			server.desk.add(task, big);
			await new Promise((resolve) => setImmediate(resolve));
		}
		await vi.waitFor(() => expect([server.desk.listeners(task), server.streams.count]).toEqual([0, 0]));
	});

	it('refuse a Last-Event-ID that is no number', async () => {
		const task = await submit();
		const response = await server.call('GET', `/v1/tasks/${task}/events`, undefined, {
			Accept: 'text/event-stream',
			'Last-Event-ID': 'x',
		});
		expect(response.status).toBe(400);
	});

	it('end with a reason when the server stops, while calls under way are answered', async () => {
		const task = await submit();
		const { seen } = stream(`/v1/tasks/${task}/events`);
		await vi.waitFor(() => expect(server.desk.listeners(task)).toBe(1));
		const slow = server.desk.view.bind(server.desk);
		server.desk.view = async (...args) => {
			await new Promise((resolve) => setTimeout(resolve, 100));
			return slow(...args);
		};
		const underWay = server.call('GET', `/v1/tasks/${task}`);
		await new Promise((resolve) => setTimeout(resolve, 30));
		await server.stop();
		expect((await underWay).status).toBe(200);
		await vi.waitFor(() =>
			expect(seen).toMatchObject({ closed: true, text: expect.stringContaining(': the test is over') }),
		);
		await expect(fetch(server.url)).rejects.toThrow();
	});
});
