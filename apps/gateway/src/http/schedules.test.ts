import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer } from './fixture/test-server.ts';

let server: TestServer;
beforeAll(async () => {
	server = await startTestServer();
});
afterAll(() => server.stop());

it('has schedules tell nothing where somebody else reads', async () => {
	const wanted = { when: 'tomorrow at 9:00', what: { do: { kind: 'remind', text: 'Pay me.' } } };
	const set = (conversation?: string) => server.call('POST', '/v1/schedules', { ...wanted, conversation });
	expect(await (await set('web-somebody-else')).json()).toMatchObject({ code: 'unknown-conversation' });
	expect((await set('web-owner')).status).toBe(201);
	const { id } = (await (await set()).json()) as { id: string };
	const change = { conversation: 'web-somebody-else' };
	expect((await server.call('PATCH', `/v1/schedules/${id}`, change)).status).toBe(404);
});
