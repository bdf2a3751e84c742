import { asPersonId, asStepId, asTaskId } from '@errand/core/domain/ids.ts';
import { taskFact } from '@errand/core/domain/task/facts.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../http/fixture/test-server.ts';

let server: TestServer;
afterEach(() => server.stop());

const T1 = asTaskId('t1');
const ask = (model: string, more: object = {}) => ({ model, messages: [{ role: 'user', content: 'Well?' }], ...more });

function end(text: string): void {
	const result = { text, sources: [], artifacts: [], method: 'model', warnings: [] } as const;
	server.desk.finish(T1, result);
	server.desk.add(T1, taskFact('TaskCompleted', { result }));
}

/** The events of a stream as they come, until it ends. */
async function* eventsOf(response: Response): AsyncGenerator<string> {
	let rest = '';
	for await (const chunk of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
		rest += chunk;
		const frames = rest.split('\n\n');
		rest = frames.pop() ?? '';
		yield* frames;
	}
}

async function until(isSo: () => boolean): Promise<void> {
	while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('a stream', () => {
	it('is kept alive while nothing happens, and outlives no reader', async () => {
		server = await startTestServer();
		const stop = new AbortController();
		const response = await fetch(`${server.url}/v1/chat/completions`, {
			method: 'POST',
			headers: { Authorization: 'Bearer a-token-for-tests', 'Content-Type': 'application/json' },
			body: JSON.stringify(ask('errand', { stream: true })),
			signal: stop.signal,
		});
		expect(response.headers.get('x-errand-task')).toBe('t1');
		const events = eventsOf(response);
		expect((await events.next()).value).toContain('"role":"assistant"');
		await until(() => server.desk.listeners(T1) === 1);
		await server.clock.advance(15_000);
		expect((await events.next()).value).toBe(': keep-alive');
		await server.clock.advance(15_000);
		expect((await events.next()).value).toBe(': keep-alive');
		stop.abort();
		await until(() => server.desk.listeners(T1) === 0);
		expect(server.streams.count).toBe(0);
		expect((await server.call('GET', '/v1/tasks/t1')).status).toBe(200);
	});

	it('says in its last event when the model gave another answer than it had begun, and shows no wrong one', async () => {
		server = await startTestServer();
		const response = await server.call('POST', '/v1/chat/completions', ask('errand-quick', { stream: true }));
		const events = eventsOf(response);
		await until(() => server.desk.listeners(T1) === 1);
		server.desk.progress(T1, { stepId: asStepId('answer'), partial: 'It is' });
		server.desk.progress(T1, { stepId: asStepId('answer'), partial: 'It is Rome' });
		end('No: Paris.');
		const all: string[] = [];
		for await (const event of events) all.push(event);
		const text = all.flatMap((event) => /"content":"([^"]+)"/.exec(event)?.[1] ?? []).join('');
		expect('It is Rome').toContain(text);
		expect(all.at(-2)).toContain('"error":{"message":"The language model broke off');
		expect(all.at(-1)).toBe('data: [DONE]');
	});

	it('of a task shows drafts as thoughts, because they may still become another answer', async () => {
		server = await startTestServer();
		const response = await server.call('POST', '/v1/chat/completions', ask('errand', { stream: true }));
		const events = eventsOf(response);
		await until(() => server.desk.listeners(T1) === 1);
		server.desk.progress(T1, { stepId: asStepId('answer'), partial: 'I will look' });
		const seen = [(await events.next()).value, (await events.next()).value];
		expect(seen[1]).toContain('"reasoning_content":"I will look"');
		end('Paris.');
		const rest: string[] = [];
		for await (const event of events) rest.push(event);
		expect(rest.join('\n')).toContain('"content":"Paris."');
	});
});

describe('a held answer', () => {
	it('ends before the client gives up, names its task, and is not to be sent again', async () => {
		server = await startTestServer();
		const waiting = server.call('POST', '/v1/chat/completions', ask('errand'));
		await until(() => server.streams.count === 1);
		await server.clock.advance(590_000);
		const response = await waiting;
		expect(response.status).toBe(504);
		expect(response.headers.get('x-should-retry')).toBe('false');
		expect(response.headers.get('x-errand-task')).toBe('t1');
		expect(await response.json()).toMatchObject({
			error: { message: expect.stringContaining('chatcmpl-t1'), code: 'timed-out' },
		});
		expect(server.desk.listeners(T1)).toBe(0);
	});
});

describe('limits', () => {
	it('are told in OpenAI’s form, with when to come again', async () => {
		server = await startTestServer({ limits: { callsPerSecond: 1 } });
		let response = await server.call('GET', '/v1/models');
		for (let count = 0; count < 5 && response.ok; count++) response = await server.call('GET', '/v1/models');
		expect(response.status).toBe(429);
		expect(response.headers.get('retry-after')).toBe('1');
		expect(await response.json()).toMatchObject({ error: { type: 'rate_limit_error', code: 'rate_limit_exceeded' } });
	});
});

describe('another person’s task', () => {
	it('is not there, by whatever name it is called', async () => {
		server = await startTestServer();
		const { id } = await server.desk.submit({ person: asPersonId('bob'), role: 'member' }, { goal: 'Mine' });
		const reaches: [string, string, unknown?, Record<string, string>?][] = [
			['GET', `/v1/chat/completions/chatcmpl-${id}`],
			['GET', `/v1/responses/resp_${id}`],
			['GET', `/v1/responses/resp_${id}?stream=true`],
			['POST', `/v1/responses/resp_${id}/cancel`],
			['POST', '/v1/responses', { model: 'errand', input: 'x', previous_response_id: `resp_${id}` }],
			['POST', '/v1/chat/completions', ask('errand'), { 'X-Errand-Task': id }],
		];
		for (const [method, path, body, headers] of reaches) {
			const response = await server.call(method, path, body, headers);
			expect([path, response.status]).toEqual([path, 404]);
			expect(await response.json()).toMatchObject({ error: { type: 'not_found_error' } });
		}
		const marked = `Well?\n\n_Task ${id} waits for your answer (q2)._`;
		const messages = [
			{ role: 'assistant', content: marked },
			{ role: 'user', content: 'yes' },
		];
		const response = await server.call('POST', '/v1/chat/completions', { model: 'errand', messages, stream: true });
		expect(response.headers.get('x-errand-task')).not.toBe(id);
		await response.body?.cancel();
		expect(server.desk.calls).toEqual([]);
	});
});
