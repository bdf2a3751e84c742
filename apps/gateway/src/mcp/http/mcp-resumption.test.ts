import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer, TOKEN } from '../../http/fixture/test-server.ts';

let server: TestServer;
beforeAll(async () => {
	server = await startTestServer();
	server.backlogs.workMs = 300;
});
afterAll(() => server.stop());

interface SentEvent {
	readonly id: string;
	readonly message: Record<string, unknown> | undefined;
}

const COMMON = { Authorization: `Bearer ${TOKEN}`, 'MCP-Protocol-Version': '2025-11-25' };

async function post(body: object, session?: string, signal: AbortSignal | null = null): Promise<Response> {
	const headers = {
		...COMMON,
		'Content-Type': 'application/json',
		Accept: 'application/json, text/event-stream',
		...(session === undefined ? {} : { 'Mcp-Session-Id': session }),
	};
	const text = JSON.stringify({ jsonrpc: '2.0', ...body });
	return fetch(`${server.url}/mcp`, { method: 'POST', headers, body: text, signal });
}

async function begin(): Promise<string> {
	const clientInfo = { name: 'test', version: '1' };
	const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
	const response = await post({ id: 1, method: 'initialize', params });
	await response.text();
	const session = response.headers.get('mcp-session-id') ?? '';
	await post({ method: 'notifications/initialized' }, session);
	return session;
}

const comeBack = (session: string, lastEventId: string) =>
	fetch(`${server.url}/mcp`, {
		headers: { ...COMMON, Accept: 'text/event-stream', 'Mcp-Session-Id': session, 'Last-Event-ID': lastEventId },
	});

/** The events of a stream as they come, until it ends. */
async function* eventsOf(response: Response): AsyncGenerator<SentEvent> {
	let text = '';
	for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
		text += piece;
		for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
			const block = text.slice(0, end);
			text = text.slice(end + 2);
			const data = /^data: (.+)$/m.exec(block)?.[1];
			const id = /^id: (.*)$/m.exec(block)?.[1];
			if (id !== undefined)
				yield { id, message: data === undefined ? undefined : (JSON.parse(data) as Record<string, unknown>) };
		}
	}
}

async function rest(response: Response): Promise<readonly SentEvent[]> {
	const events: SentEvent[] = [];
	for await (const event of eventsOf(response)) events.push(event);
	return events;
}

it('goes on with an answer where the line broke, for the session that asked and no other', async () => {
	const session = await begin();
	const cut = new AbortController();
	const asked = {
		name: 'expand_task',
		arguments: { projectRoot: '/projects/one', id: '1' },
		_meta: { progressToken: 7 },
	};
	const response = await post({ id: 2, method: 'tools/call', params: asked }, session, cut.signal);
	const { value: first } = await eventsOf(response).next();
	expect(first).toMatchObject({ id: expect.any(String), message: undefined });
	cut.abort();

	const stranger = await begin();
	expect((await comeBack(stranger, first?.id ?? '')).status).toBe(400);

	const others = await rest(await comeBack(session, first?.id ?? ''));
	const progress = others.filter(({ message }) => message?.['method'] === 'notifications/progress');
	expect(progress).toHaveLength(3);
	const last = others.at(-1);
	expect(last?.message).toMatchObject({ id: 2, result: { structuredContent: { data: { taskId: '1' } } } });

	// Whoever missed only the end gets only the end, however often.
	const again = await rest(await comeBack(session, progress.at(-1)?.id ?? ''));
	expect(again).toEqual([last]);
});
