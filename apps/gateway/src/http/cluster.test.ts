import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from './fixture/test-server.ts';

let server: TestServer;
let ann: string;
beforeAll(async () => {
	server = await startTestServer();
	const member = await server.people.letIn('telegram:2', 'member');
	ann = (await server.people.desk.issueToken(member, 'tests')).token;
});
afterAll(() => server.stop());

async function json(method: string, path: string, body?: unknown, token?: string) {
	const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
	const response = await server.call(method, path, body, headers);
	const said = (await response.json().catch(() => ({}))) as Readonly<Record<string, unknown>>;
	return { status: response.status, body: said };
}

describe('the owner', () => {
	it('sees workers with their state, load and release, and what runs there', async () => {
		const { body } = await json('GET', '/v1/workers');
		expect(body['workers']).toMatchObject([
			{ id: 'w1', state: 'WAITING', host: 'host-a', release: '0.3.0', load: 0.25, sessions: 1, pool: 'local' },
			{ id: 'w2', state: 'ERROR', error: 'No memory.', paused: true, running: [{ taskId: 't1', stepId: 's1' }] },
		]);
	});

	it('sees queues, sessions and pools', async () => {
		expect((await json('GET', '/v1/queues')).body['queues']).toEqual([
			{ capability: 'web.read', waiting: 12, running: 1, oldestWaitMs: 4_200 },
		]);
		expect((await json('GET', '/v1/sessions')).body['sessions']).toEqual([{ taskId: 't1', worker: 'w1' }]);
		expect((await json('GET', '/v1/pools')).body['pools']).toMatchObject([{ name: 'local', current: 1, wanted: 2 }]);
	});

	it('tells workers and pools what to do', async () => {
		server.cluster.told.length = 0;
		for (const order of ['pause', 'resume', 'drain']) {
			expect((await json('POST', `/v1/workers/w1/${order}`)).status).toBe(202);
		}
		expect((await json('POST', '/v1/pools/local/scale', { size: 3 })).status).toBe(202);
		expect((await json('POST', '/v1/pools/local/scale', { size: 'auto' })).status).toBe(202);
		expect(server.cluster.told).toEqual([
			['pause', 'w1'],
			['resume', 'w1'],
			['drain', 'w1'],
			['local', 3],
			['local', 'auto'],
		]);
	});

	it('is told what is wrong', async () => {
		expect(await json('POST', '/v1/workers/w9/drain')).toMatchObject({ status: 404, body: { code: 'not-found' } });
		expect(await json('POST', '/v1/workers/w1/dance')).toMatchObject({ status: 404 });
		expect(await json('POST', '/v1/pools/none/scale', { size: 1 })).toMatchObject({ status: 404 });
		for (const body of [{ size: -1 }, { size: 1.5 }, { size: 'many' }, {}]) {
			expect(await json('POST', '/v1/pools/local/scale', body)).toMatchObject({ status: 400 });
		}
	});
});

it('nobody else sees or steers any of it', async () => {
	server.cluster.told.length = 0;
	for (const [method, path, body] of [
		['GET', '/v1/workers'],
		['GET', '/v1/queues'],
		['GET', '/v1/sessions'],
		['GET', '/v1/pools'],
		['POST', '/v1/workers/w1/drain'],
		['POST', '/v1/workers/w1/pause'],
		['POST', '/v1/workers/w1/resume'],
		['POST', '/v1/pools/local/scale', { size: 0 }],
	] as const) {
		expect([path, (await json(method, path, body, ann)).status]).toEqual([path, 403]);
		expect([path, (await json(method, path, body, 'nobody')).status]).toEqual([path, 401]);
	}
	expect(server.cluster.told).toEqual([]);
});

describe('a dead letter', () => {
	it('is shown with its failure, input and attempts', async () => {
		expect((await json('GET', '/v1/dead-letters/t1.s1', undefined, ann)).body).toMatchObject({
			id: 't1.s1',
			error: { code: 'fetch-failed' },
			input: '{"url":"https://example.com/"}',
			history: [{ attempt: 4, worker: 'w1' }],
		});
		expect(await json('GET', '/v1/dead-letters/t1.s2')).toMatchObject({ status: 404, body: { code: 'not-found' } });
	});

	it('is dropped', async () => {
		server.desk.calls.length = 0;
		expect((await json('DELETE', '/v1/dead-letters/t1.s1')).status).toBe(204);
		expect((await json('DELETE', '/v1/dead-letters/t1.s2')).status).toBe(404);
		expect(server.desk.calls).toEqual([['dropDeadLetter', 't1.s1']]);
	});
});
