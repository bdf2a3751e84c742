import { request } from 'node:http';
import { asPersonId } from '@errand/core/domain/ids.ts';
import { FakeClock } from '@errand/core/testing/fake-clock.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OWNER } from '../../auth/authenticator.ts';
import { startTestServer, type TestServer, TOKEN } from '../../http/fixture/test-server.ts';
import { errandSurface } from '../errand/errand-surface.ts';
import { LegacySessions } from './legacy-sessions.ts';

let server: TestServer;
beforeAll(async () => {
	server = await startTestServer({ limits: { failures: 1_000 } });
});
afterAll(() => server.stop());

const INITIALIZE = {
	...{ jsonrpc: '2.0', id: 1, method: 'initialize' },
	params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
};
const LIST = { jsonrpc: '2.0', id: 2, method: 'tools/list', params: {} };
const BOTH = { Accept: 'application/json, text/event-stream' };

const post = (body: unknown, headers: Record<string, string> = {}) =>
	server.call('POST', '/mcp', body, { ...BOTH, ...headers });

async function begin(): Promise<string> {
	const response = await post(INITIALIZE);
	await response.text();
	return response.headers.get('mcp-session-id') ?? '';
}

describe('whoever calls /mcp', () => {
	it('needs a token, and is told where to read which', async () => {
		for (const Authorization of ['', 'Bearer wrong']) {
			const response = await post(INITIALIZE, { Authorization });
			expect(response.status).toBe(401);
			const [, address = ''] = /resource_metadata="([^"]+)"/.exec(response.headers.get('www-authenticate') ?? '') ?? [];
			const metadata = await (await fetch(address)).json();
			expect(metadata).toMatchObject({ resource: `${server.url}/mcp`, bearer_methods_supported: ['header'] });
			expect(metadata).not.toHaveProperty('authorization_servers');
		}
	});

	it('must not come from another site, nor by another name', async () => {
		expect((await post(INITIALIZE, { Origin: 'https://evil.example' })).status).toBe(403);
		const status = await new Promise((resolve) => {
			const headers = { Host: 'evil.example', Authorization: `Bearer ${TOKEN}`, ...BOTH };
			request({ port: server.port, path: '/mcp', method: 'POST', headers }, (got) =>
				resolve(got.resume().statusCode),
			).end();
		});
		expect(status).toBe(403);
	});

	it('is not let in from elsewhere by the page’s cookie', async () => {
		const { code } = server.authenticator.issueCode(OWNER, { from: 'server' });
		const { session } = await server.authenticator.logIn(code);
		const cookie = { Authorization: '', Cookie: `${server.authenticator.cookieName()}=${session}` };
		const bare = (headers: Record<string, string>) =>
			fetch(`${server.url}/mcp`, {
				method: 'POST',
				headers: { 'Content-Type': 'application/json', ...BOTH, ...headers },
				body: JSON.stringify(LIST),
			});
		const { Authorization: _none, ...shown } = cookie;
		expect((await bare(shown)).status).toBe(403);
		expect((await bare({ ...shown, Origin: 'http://127.0.0.1:1' })).status).toBe(403);
		expect((await bare({ ...shown, Origin: server.url })).status).toBe(200);
	});

	it('is told in the protocol’s words what is wrong with a body', async () => {
		const broken = await post('{"jsonrpc":');
		expect([broken.status, await broken.json()]).toMatchObject([400, { error: { code: -32700 } }]);
		const large = await post(`{"a":"${'x'.repeat(33 * 1024 * 1024)}"}`);
		expect(large.status).toBe(413);
	});
});

describe('a session of an older client', () => {
	it('is its person’s alone, and ends when it is deleted', async () => {
		const id = await begin();
		const owner = { person: asPersonId('owner'), role: 'owner' } as const;
		const other = await server.people.desk.pair(owner, 'telegram:77', 'member');
		const { token } = await server.people.desk.issueToken({ person: other.id, role: 'member' }, 'mcp');
		const theirs = await post(LIST, { 'Mcp-Session-Id': id, Authorization: `Bearer ${token}` });
		expect(theirs.status).toBe(404);
		expect((await post(LIST, { 'Mcp-Session-Id': id })).status).toBe(200);
		expect((await server.call('DELETE', '/mcp', undefined, { 'Mcp-Session-Id': id })).status).toBe(200);
		expect((await post(LIST, { 'Mcp-Session-Id': id })).status).toBe(404);
	});

	it('of another process is answered here too, all but its stream', async () => {
		const elsewhere = `0123abcd.${crypto.randomUUID()}`;
		const response = await post(LIST, { 'Mcp-Session-Id': elsewhere });
		expect(response.status).toBe(200);
		expect(await response.text()).toContain('next_task');
		expect((await server.call('GET', '/mcp', undefined, { ...BOTH, 'Mcp-Session-Id': elsewhere })).status).toBe(405);
		expect((await post(LIST, { 'Mcp-Session-Id': 'made up' })).status).toBe(404);
	});

	it('goes when nobody used it for a while, and the one unused longest when there are too many', async () => {
		const clock = new FakeClock();
		const limits = { sessions: 3, perPerson: 2, idleMs: 1_000 };
		const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
		const sessions = new LegacySessions({ clock, log, limits });
		const parts = {
			...server,
			tasks: server.desk,
			artifacts: { get: never, stat: never },
			catalogue: { list: () => [] },
			clock,
		};
		const surface = errandSurface({ ...parts, address: () => '' }, { person: asPersonId('p'), role: 'owner' }, 'core');
		const over = AbortSignal.abort();
		const ask = (body: unknown, headers: Record<string, string> = {}) => ({
			...{ body, over },
			request: new Request('http://localhost/mcp', {
				method: 'POST',
				headers: { 'Content-Type': 'application/json', ...BOTH, ...headers },
				body: JSON.stringify(body),
			}),
		});
		const first = await sessions.begin(surface, asPersonId('p'), ask(INITIALIZE));
		const id = first.headers.get('mcp-session-id') ?? '';
		await clock.advance(10);
		for (let more = 0; more < 2; more++) await sessions.begin(surface, asPersonId('p'), ask(INITIALIZE));
		expect(sessions.count).toBe(2);
		expect(await sessions.resume(id, asPersonId('p'), ask(LIST, { 'Mcp-Session-Id': id }))).toBe('unknown');
		await clock.advance(2_000);
		await sessions.begin(surface, asPersonId('q'), ask(INITIALIZE));
		expect(sessions.count).toBe(1);
		await sessions.stop();
		expect(sessions.count).toBe(0);
	});
});

const never = async () => undefined;
