import { asQuestionId, asTaskId } from '@errand/core/domain/ids.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../http/fixture/test-server.ts';

let server: TestServer;
beforeAll(async () => {
	server = await startTestServer();
});
afterAll(() => server.stop());

async function ask(method: string, params: Record<string, unknown>): Promise<Record<string, unknown>> {
	const name = params['name'] ?? params['taskId'];
	const response = await server.call(
		'POST',
		'/mcp',
		{
			...{ jsonrpc: '2.0', id: 1, method },
			params: {
				...params,
				_meta: {
					'io.modelcontextprotocol/protocolVersion': '2026-07-28',
					'io.modelcontextprotocol/clientCapabilities': { extensions: { 'io.modelcontextprotocol/tasks': {} } },
				},
			},
		},
		{
			Accept: 'application/json, text/event-stream',
			'MCP-Protocol-Version': '2026-07-28',
			'Mcp-Method': method,
			...(typeof name === 'string' ? { 'Mcp-Name': name } : {}),
		},
	);
	const { result, error } = (await response.json()) as { result?: Record<string, unknown>; error?: unknown };
	if (result === undefined) throw new Error(JSON.stringify(error));
	return result;
}

it('gives a client that takes tasks one in place of long work, also for another process to tell of', async () => {
	server.backlogs.workMs = 2_000;
	const started = await ask('tools/call', { name: 'expand_task', arguments: { projectRoot: '/p', id: '1' } });
	expect(started).toMatchObject({
		resultType: 'task',
		status: 'working',
		taskId: expect.stringContaining('operation.'),
	});
	const { taskId } = started;
	expect(await ask('tasks/get', { taskId })).toMatchObject({
		taskId,
		status: 'working',
		createdAt: started['createdAt'],
	});
	await ask('tasks/cancel', { taskId });
	expect(await ask('tasks/get', { taskId })).toMatchObject({ status: 'cancelled' });
	await expect(ask('tasks/get', { taskId: 'operation.abc.op99' })).rejects.toThrow('-32602');
});

it('asks what a task asks, and shows what came of it', async () => {
	const { taskId } = await ask('tools/call', { name: 'submit_task', arguments: { goal: 'Write it down' } });
	const id = asTaskId(String(taskId).split('.')[2] ?? '');
	server.desk.ask(id, [{ id: asQuestionId('q1'), kind: 'text', purpose: 'goal', text: 'Where?' }]);
	expect(await ask('tasks/get', { taskId })).toMatchObject({
		status: 'input_required',
		inputRequests: { 'question-q1': { method: 'elicitation/create', params: { message: 'Where?' } } },
	});
	await ask('tasks/update', {
		taskId,
		inputResponses: { 'question-q1': { action: 'accept', content: { answer: 'Here' } } },
	});
	expect(server.desk.calls.at(-1)).toEqual(['answer', id, 'q1', 'Here']);
	server.desk.finish(id, { text: 'Written.', sources: [], artifacts: [], method: 'rules', warnings: [] });
	expect(await ask('tasks/get', { taskId })).toMatchObject({
		status: 'completed',
		result: { structuredContent: { data: { status: 'done', result: { text: 'Written.' } } } },
	});
});
