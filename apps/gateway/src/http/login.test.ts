import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { OWNER } from '../auth/authenticator.ts';
import { startTestServer, type TestServer, TOKEN } from './fixture/test-server.ts';

// fetch refuses to set Host and Origin, which is the very thing to try here.
function raw(
	server: TestServer,
	options: { method?: string; path?: string; headers?: Record<string, string>; body?: string },
): Promise<{ status: number; headers: Record<string, unknown>; body: string }> {
	return new Promise((resolve, reject) => {
		const call = request(
			{
				host: '127.0.0.1',
				port: server.port,
				method: options.method ?? 'GET',
				path: options.path ?? '/v1/tasks',
				headers: options.headers ?? {},
			},
			(response) => {
				let body = '';
				response.setEncoding('utf8');
				response.on('data', (chunk: string) => {
					body += chunk;
				});
				response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
			},
		);
		call.on('error', reject);
		call.end(options.body);
	});
}

const bearer = { Authorization: `Bearer ${TOKEN}` };

async function logIn(server: TestServer): Promise<string> {
	const { code } = server.authenticator.issueCode(OWNER, { from: 'server' });
	const response = await server.call('POST', '/login', { code }, { Authorization: '' });
	expect(response.status).toBe(200);
	return (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}

describe('hosts and origins', () => {
	let server: TestServer;
	beforeAll(async () => {
		server = await startTestServer({ publicUrl: 'https://errand.example' });
	});
	afterAll(() => server.stop());

	it('answers to its own names only, so that rebinding names fail', async () => {
		const { port } = server;
		for (const host of [
			`127.0.0.1:${port}`,
			`localhost:${port}`,
			`LOCALHOST:${port}`,
			`[::1]:${port}`,
			'errand.example',
			'errand.example:443',
		]) {
			expect([host, (await raw(server, { headers: { ...bearer, Host: host } })).status]).toEqual([host, 200]);
		}
		for (const host of [
			'evil.example',
			`evil.example:${port}`,
			`127.0.0.1:${port + 1}`,
			'localhost',
			`10.0.0.1:${port}`,
			`localhost:${port}@evil`,
		]) {
			const { status, body } = await raw(server, { headers: { ...bearer, Host: host } });
			expect([host, status, JSON.parse(body).code]).toEqual([host, 403, 'forbidden']);
		}
	});

	it('refuses other origins on every call, open ones too', async () => {
		for (const origin of [
			'https://evil.example',
			'null',
			`http://localhost:${server.port + 1}`,
			`https://localhost:${server.port}`,
			'http://errand.example',
		]) {
			for (const path of ['/v1/tasks', '/healthz', '/', '/socket.io/?EIO=4&transport=polling']) {
				expect([origin, path, (await raw(server, { path, headers: { ...bearer, Origin: origin } })).status]).toEqual([
					origin,
					path,
					403,
				]);
			}
		}
		const own = await raw(server, { headers: { ...bearer, Origin: `http://localhost:${server.port}` } });
		expect(own.status).toBe(200);
	});

	it('never allows other origins to read by CORS', async () => {
		const preflight = await raw(server, {
			method: 'OPTIONS',
			headers: { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' },
		});
		expect([preflight.status, preflight.headers['access-control-allow-origin']]).toEqual([403, undefined]);
	});

	it('asks browsers for HTTPS cookies under a public HTTPS address', async () => {
		const { code } = server.authenticator.issueCode(OWNER, { from: 'server' });
		const headers = { Host: 'errand.example', Origin: 'https://errand.example', 'Content-Type': 'application/json' };
		const response = await raw(server, { method: 'POST', path: '/login', headers, body: JSON.stringify({ code }) });
		expect([response.status, String(response.headers['set-cookie'])]).toEqual([200, expect.stringContaining('Secure')]);
	});
});

describe('tokens', () => {
	let server: TestServer;
	afterEach(() => server.stop());

	it('asks for one, and refuses wrong ones', async () => {
		server = await startTestServer();
		const wrong = ['Bearer wrong', `Bearer ${TOKEN}x`, `Bearer ${TOKEN.slice(1)}`, `Basic ${TOKEN}`, TOKEN, 'Bearer'];
		const none = await raw(server, {});
		expect([none.status, none.headers['www-authenticate'], none.headers['content-type']]).toEqual([
			401,
			'Bearer',
			'application/problem+json; charset=utf-8',
		]);
		for (const authorization of wrong) {
			expect([authorization, (await raw(server, { headers: { Authorization: authorization } })).status]).toEqual([
				authorization,
				401,
			]);
		}
	});

	it('settles who calls before it reads a body', async () => {
		server = await startTestServer();
		const response = await server.call('POST', '/v1/tasks', 'not json', { Authorization: 'Bearer wrong' });
		expect(response.status).toBe(401);
	});

	it('answers 429 after many wrong tokens, without locking out others on this machine', async () => {
		server = await startTestServer({ limits: { failures: 3 } });
		const wrong = () => raw(server, { headers: { Authorization: 'Bearer wrong' } });
		const statuses = [];
		for (let n = 0; n < 5; n++) statuses.push((await wrong()).status);
		expect(statuses).toEqual([401, 401, 401, 429, 429]);
		expect(Number((await wrong()).headers['retry-after'])).toBeGreaterThan(0);
		expect((await raw(server, { headers: bearer })).status).toBe(200);
		await server.clock.advance(6_000);
		expect((await wrong()).status).toBe(401);
	});

	it('refuses guesses unheard where a proxy hides who guesses', async () => {
		server = await startTestServer({ limits: { failures: 3 }, publicUrl: 'https://errand.example' });
		const call = (authorization: string) =>
			raw(server, { headers: { Host: 'errand.example', Authorization: authorization } });
		for (let n = 0; n < 3; n++) expect((await call('Bearer wrong')).status).toBe(401);
		expect((await call(bearer.Authorization)).status).toBe(429);
	});

	it('bounds the calls of one person', async () => {
		server = await startTestServer({ limits: { callsPerSecond: 2 } });
		const statuses = [];
		for (let n = 0; n < 5; n++) statuses.push((await raw(server, { headers: bearer })).status);
		expect(statuses).toEqual([200, 200, 200, 200, 429]);
		await server.clock.advance(1_000);
		expect((await raw(server, { headers: bearer })).status).toBe(200);
	});
});

describe('logging in', () => {
	let server: TestServer;
	afterEach(() => server.stop());

	it('takes a code once and within ten minutes', async () => {
		server = await startTestServer();
		const { code } = server.authenticator.issueCode(OWNER, { from: 'server' });
		const post = (body: unknown) => server.call('POST', '/login', body, { Authorization: '' });
		const first = await post({ code });
		expect(first.status).toBe(200);
		expect(first.headers.get('set-cookie')).toMatch(/^errand_\d+=[\w-]{43}; .*HttpOnly.*SameSite=Strict/);
		expect((await post({ code })).status).toBe(401);
		const late = server.authenticator.issueCode(OWNER, { from: 'server' });
		await server.clock.advance(10 * 60_000);
		expect((await post({ code: late.code })).status).toBe(401);
		expect((await post({ code: 7 })).status).toBe(400);
	});

	it('gives a caller a link for another device', async () => {
		server = await startTestServer();
		const response = await server.call('POST', '/v1/login-codes');
		const { code, url } = (await response.json()) as { code: string; url: string };
		expect([response.status, url]).toEqual([201, `http://127.0.0.1:${server.port}/login#code=${code}`]);
		expect((await server.call('POST', '/login', { code })).status).toBe(200);
	});

	it('lets the cookie read, and write only from the own page', async () => {
		server = await startTestServer();
		const cookie = await logIn(server);
		const body = JSON.stringify({ goal: 'x' });
		const post = (headers: Record<string, string>) =>
			raw(server, {
				method: 'POST',
				headers: { Cookie: cookie, 'Content-Type': 'application/json', ...headers },
				body,
			});
		expect((await raw(server, { headers: { Cookie: cookie } })).status).toBe(200);
		expect((await raw(server, { headers: { Cookie: cookie, 'Sec-Fetch-Site': 'same-site' } })).status).toBe(403);
		expect((await post({})).status).toBe(403);
		expect((await post({ Origin: `http://localhost:${server.port}` })).status).toBe(403);
		expect((await post({ Origin: server.url })).status).toBe(202);
	});

	it('does not let a cookie make up for a wrong token', async () => {
		server = await startTestServer();
		const cookie = await logIn(server);
		expect((await raw(server, { headers: { Cookie: cookie, Authorization: 'Bearer wrong' } })).status).toBe(401);
	});

	it('keeps logins over a restart, and ends them on logout', async () => {
		server = await startTestServer();
		const session = (await logIn(server)).split('=')[1];
		server = await server.restart();
		const cookie = `errand_${server.port}=${session}`;
		expect((await raw(server, { headers: { Cookie: cookie } })).status).toBe(200);
		const out = await raw(server, { method: 'POST', path: '/logout', headers: { Cookie: cookie, Origin: server.url } });
		expect([out.status, String(out.headers['set-cookie'])]).toEqual([
			204,
			expect.stringContaining('Expires=Thu, 01 Jan 1970'),
		]);
		expect((await raw(server, { headers: { Cookie: cookie } })).status).toBe(401);
		server = await server.restart();
		expect((await raw(server, { headers: { Cookie: `errand_${server.port}=${session}` } })).status).toBe(401);
	});

	it('ends a login after thirty days', async () => {
		server = await startTestServer();
		const cookie = await logIn(server);
		await server.clock.advance(30 * 24 * 3_600_000);
		expect((await raw(server, { headers: { Cookie: cookie } })).status).toBe(401);
	});

	it('ends every login of a person who is forgotten', async () => {
		server = await startTestServer();
		const cookie = await logIn(server);
		expect((await server.call('DELETE', '/v1/people/nobody')).status).toBe(404);
		expect(await (await server.call('DELETE', '/v1/people/owner')).json()).toEqual({ streams: 3 });
		expect((await raw(server, { headers: { Cookie: cookie } })).status).toBe(401);
	});
});
