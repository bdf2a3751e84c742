import type { Principal } from '@errand/core/orchestrator/desks/desk.ts';
import { io as connectTo, type Socket } from 'socket.io-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startTestServer, type TestServer, TOKEN } from './fixture/test-server.ts';
import { ROUTES } from './route-table.ts';

interface Someone extends Principal {
	readonly token: string;
	readonly tokenId: string;
}

let server: TestServer;
let ann: Someone;
let gus: Someone;
let sockets: Socket[];
beforeEach(async () => {
	server = await startTestServer();
	ann = await letIn('telegram:2', 'member');
	gus = await letIn('telegram:3', 'guest');
	sockets = [];
});
afterEach(async () => {
	for (const socket of sockets) socket.disconnect();
	await server.stop();
});

async function letIn(identity: string, role: 'member' | 'guest'): Promise<Someone> {
	const principal = await server.people.letIn(identity, role);
	const { token, id: tokenId } = await server.people.desk.issueToken(principal, 'test');
	return { ...principal, token, tokenId };
}

async function call(who: Pick<Someone, 'token'>, method: string, path: string, body?: unknown) {
	const response = await server.call(method, path, body, { Authorization: `Bearer ${who.token}` });
	const text = await response.text();
	return { status: response.status, json: text === '' ? undefined : JSON.parse(text) };
}
const owner = { token: TOKEN };

async function cookieOf(person: Principal): Promise<string> {
	const { code } = server.authenticator.issueCode(person, { from: 'telegram' });
	const response = await server.call('POST', '/login', { code }, { Authorization: '' });
	expect(response.status).toBe(200);
	return (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}
const withCookie = (cookie: string) => fetch(`${server.url}/v1/people/me`, { headers: { Cookie: cookie } });

async function connect(options: { token?: string; cookie?: string }): Promise<{ gone: Promise<string> }> {
	const socket = connectTo(server.url, {
		auth: options.token === undefined ? {} : { token: options.token },
		...(options.cookie === undefined ? {} : { extraHeaders: { cookie: options.cookie } }),
		transports: ['websocket'],
		reconnection: false,
		forceNew: true,
	});
	sockets.push(socket);
	await new Promise<void>((resolve, reject) => {
		socket.once('conversation', () => resolve());
		socket.once('connect_error', reject);
	});
	return { gone: new Promise((resolve) => socket.once('disconnect', resolve)) };
}

describe('a person’s own token', () => {
	it('lets them in with their own role', async () => {
		expect((await call(ann, 'GET', '/v1/people/me')).json).toMatchObject({ id: ann.person, role: 'member' });
		expect((await call(gus, 'GET', '/v1/people/me')).json).toMatchObject({ id: gus.person, role: 'guest' });
		expect((await call({ token: 'errand_wrong' }, 'GET', '/v1/people/me')).status).toBe(401);
	});

	it('is issued, listed without the token, and revoked', async () => {
		const issued = await call(ann, 'POST', '/v1/people/me/tokens', { name: 'laptop' });
		expect(issued.status).toBe(201);
		const { tokens } = (await call(issued.json, 'GET', '/v1/people/me')).json;
		expect(tokens).toContainEqual({ id: issued.json.id, name: 'laptop', createdAt: server.clock.now() });
		expect((await call(gus, 'DELETE', `/v1/people/me/tokens/${issued.json.id}`)).status).toBe(404);
		expect((await call(ann, 'DELETE', `/v1/people/me/tokens/${issued.json.id}`)).status).toBe(204);
		expect((await call(issued.json, 'GET', '/v1/people/me')).status).toBe(401);
		expect((await call(ann, 'POST', '/v1/people/me/tokens', { name: ' ' })).status).toBe(400);
	});
});

describe('a member', () => {
	it('sees nobody but themselves', async () => {
		expect((await call(ann, 'GET', '/v1/people')).json.people.map(({ id }: Principal & { id: string }) => id)).toEqual([
			ann.person,
		]);
		expect((await call(owner, 'GET', '/v1/people')).json.people).toHaveLength(3);
	});

	it('touches nothing of others: not an account, a role, a token, a pairing, nor their being here', async () => {
		const { code } = await server.people.desk.requestPairing('telegram:9', undefined);
		const before = (await call(owner, 'GET', '/v1/people')).json;
		const refused = await Promise.all([
			call(ann, 'DELETE', `/v1/people/${gus.person}`),
			call(ann, 'DELETE', '/v1/people/owner'),
			call(ann, 'DELETE', `/v1/people/${gus.person}/identities/telegram:3`),
			call(ann, 'DELETE', '/v1/people/me/identities/telegram:3'),
			call(ann, 'DELETE', '/v1/people/owner/identities/discord:1'),
			call(ann, 'DELETE', `/v1/people/me/tokens/${gus.tokenId}`),
			call(ann, 'PATCH', `/v1/people/${gus.person}`, { role: 'owner' }),
			call(ann, 'PATCH', '/v1/people/me', { role: 'owner' }),
			call(ann, 'GET', '/v1/people/pairings'),
			call(ann, 'POST', `/v1/people/pairings/${code}/approve`, { role: 'member' }),
			call(ann, 'POST', `/v1/people/pairings/${code}/refuse`),
		]);
		expect(refused.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 404, 403, 403, 403, 403, 403]);
		expect((await call(owner, 'GET', '/v1/people')).json).toEqual(before);
		expect((await call(owner, 'GET', '/v1/people/pairings')).json.pairings).toMatchObject([{ code }]);
	});

	it('finds no task of others by any route that names one', async () => {
		const { id } = await server.desk.submit({ person: gus.person, role: 'guest' }, { goal: 'Mine' });
		const named = ROUTES.filter(({ path }) => path.startsWith('/v1/tasks/:id'));
		expect(named.length).toBeGreaterThan(5);
		for (const { method, path, operationId, body } of named) {
			const url = path.replace(':id', id).replace(':stepId', 's1');
			const { status } = await call(ann, method.toUpperCase(), url, body === undefined ? undefined : bodyFor(path));
			expect([operationId, status]).toEqual([operationId, 404]);
		}
	});
});

function bodyFor(path: string): unknown {
	if (path.endsWith('/input')) return { questionId: 'q1', answer: 'x' };
	if (path.endsWith('/approve')) return { questionId: 'q1', decision: 'approve' };
	if (path.endsWith('/events')) return { name: 'ready', data: 1 };
	return { baseVersion: 1, ops: [{ op: 'remove', step: { id: 's1' } }] };
}

describe('the owner', () => {
	it('sees who waits, and lets them in or turns them away', async () => {
		const first = await server.people.desk.requestPairing('telegram:8', 'Cy');
		const second = await server.people.desk.requestPairing('telegram:9', undefined);
		expect((await call(owner, 'GET', '/v1/people/pairings')).json).toEqual({ pairings: [first, second] });
		const approved = await call(owner, 'POST', `/v1/people/pairings/${first.code}/approve`, { role: 'guest' });
		expect(approved).toMatchObject({ status: 200, json: { role: 'guest', name: 'Cy' } });
		expect((await call(owner, 'POST', `/v1/people/pairings/${first.code}/approve`, {})).status).toBe(404);
		expect((await call(owner, 'POST', `/v1/people/pairings/${second.code}/refuse`)).status).toBe(204);
		expect((await call(owner, 'POST', '/v1/people/pairings/X/approve', { role: 'owner' })).status).toBe(400);
	});

	it('changes roles and takes accounts away, but not what the configuration says', async () => {
		expect((await call(owner, 'PATCH', `/v1/people/${gus.person}`, { role: 'member' })).json.role).toBe('member');
		expect((await call(gus, 'GET', '/v1/people/me')).json.role).toBe('member');
		expect((await call(owner, 'PATCH', '/v1/people/owner', { role: 'guest' })).status).toBe(409);
		expect((await call(owner, 'PATCH', '/v1/people/nobody', { role: 'guest' })).status).toBe(404);
		const path = `/v1/people/${gus.person}/identities/${encodeURIComponent('telegram:3')}`;
		expect((await call(owner, 'DELETE', path)).json).toMatchObject({ id: gus.person, identities: [] });
		expect((await call(owner, 'DELETE', '/v1/people/me/identities/discord:1')).status).toBe(409);
	});
});

describe('linking and preferences', () => {
	it('go by code, and by what is spoken of', async () => {
		const { status, json } = await call(ann, 'POST', '/v1/people/me/link-code');
		expect([status, json.expiresAt]).toEqual([201, server.clock.now() + 600_000]);
		await server.people.desk.link('sms:+15551230001', json.code, undefined);
		const change = (body: unknown) => call(ann, 'PATCH', '/v1/people/me/preferences', body);
		const quiet = { from: '22:00', to: '07:00', timeZone: 'Europe/Berlin' };
		await change({ notify: { questions: 'sms', answers: 'telegram' } });
		expect((await change({ quiet })).json.preferences).toEqual({
			notify: { questions: 'sms', answers: 'telegram' },
			quiet,
		});
		expect((await change({ timeZone: 'Asia/Tokyo' })).json.preferences).toMatchObject({
			timeZone: 'Asia/Tokyo',
			quiet,
		});
		expect(await change({ timeZone: 'Atlantis' })).toMatchObject({ status: 400 });
		expect((await change({ timeZone: null })).json.preferences).not.toHaveProperty('timeZone');
		expect((await change({ notify: { questions: null }, quiet: null })).json.preferences).toEqual({
			notify: { answers: 'telegram' },
		});
		expect((await change({ notify: { answers: 'discord' } })).status).toBe(409);
		for (const wrong of [
			{ notify: { answers: 'fax' } },
			{ quiet: { ...quiet, timeZone: 'Mars/Olympus' } },
			{ quiet: { ...quiet, to: '22:00' } },
			{ quiet: { ...quiet, from: '25:00' } },
			{ role: 'owner' },
		]) {
			expect([wrong, (await change(wrong)).status]).toEqual([wrong, 400]);
		}
		const unlinked = await call(ann, 'DELETE', `/v1/people/me/identities/${encodeURIComponent('sms:+15551230001')}`);
		expect(unlinked.json.identities).toMatchObject([{ identity: 'telegram:2' }]);
	});
});

describe('whoever is turned away is out at once', () => {
	it('with their logins, tokens and open connections, when they are forgotten', async () => {
		const cookie = await cookieOf(ann);
		const [byToken, byCookie, other] = await Promise.all([
			connect({ token: ann.token }),
			connect({ cookie }),
			connect({ token: gus.token }),
		]);
		const { id } = await server.desk.submit(ann, { goal: 'Mine' });
		const stream = await server.call('GET', `/v1/tasks/${id}/events`, undefined, {
			Authorization: `Bearer ${ann.token}`,
			Accept: 'text/event-stream',
		});
		const { code } = server.authenticator.issueCode(ann, { from: 'telegram' });
		expect((await withCookie(cookie)).status).toBe(200);
		expect(await call(ann, 'DELETE', '/v1/people/me')).toEqual({ status: 200, json: { streams: 3 } });
		await Promise.all([byToken.gone, byCookie.gone, stream.text()]);
		expect((await withCookie(cookie)).status).toBe(401);
		expect((await call(ann, 'GET', '/v1/people/me')).status).toBe(401);
		expect((await server.call('POST', '/login', { code })).status).toBe(401);
		await expect(connect({ token: ann.token })).rejects.toThrow('token');
		expect(await Promise.race([other.gone, new Promise((resolve) => setTimeout(resolve, 50, 'still there'))])).toBe(
			'still there',
		);
	});

	it('with a role that was taken, on the very next call of a login that began with it', async () => {
		await server.people.desk.setRole({ person: (await me(owner)).id, role: 'owner' }, ann.person, 'owner');
		const cookie = await cookieOf({ ...ann, role: 'owner' });
		const list = () => fetch(`${server.url}/v1/people/pairings`, { headers: { Cookie: cookie } });
		expect((await list()).status).toBe(200);
		const socket = await connect({ cookie });
		expect((await call(owner, 'PATCH', `/v1/people/${ann.person}`, { role: 'guest' })).status).toBe(200);
		await socket.gone;
		expect((await list()).status).toBe(403);
	});

	it('from one place or from all that they end themselves, with its connections, and nobody else', async () => {
		const [first, second, gusses] = [await cookieOf(ann), await cookieOf(ann), await cookieOf(gus)];
		const [one, other] = await Promise.all([connect({ cookie: first }), connect({ cookie: second })]);
		const { id } = await server.desk.submit(ann, { goal: 'Mine' });
		const stream = await fetch(`${server.url}/v1/tasks/${id}/events`, {
			headers: { Cookie: first, Accept: 'text/event-stream' },
		});
		const { logins } = (await call(ann, 'GET', '/v1/people/me/logins')).json;
		expect(logins).toMatchObject([
			{ from: 'telegram', madeAt: server.clock.now(), current: false },
			{ from: 'telegram', madeAt: server.clock.now(), current: false },
		]);
		expect(JSON.stringify(logins)).not.toContain(first.split('=')[1]);
		const path = `/v1/people/me/logins/${logins[1].id}`;
		expect((await call(gus, 'DELETE', path)).status).toBe(404);
		expect((await call(ann, 'DELETE', path)).status).toBe(204);
		expect((await call(ann, 'DELETE', path)).status).toBe(404);
		await Promise.all([one.gone, stream.text()]);
		expect([(await withCookie(first)).status, (await withCookie(second)).status]).toEqual([401, 200]);
		const mine = await fetch(`${server.url}/v1/people/me/logins`, { headers: { Cookie: second } });
		expect(await mine.json()).toMatchObject({ logins: [{ id: logins[0].id, current: true }] });
		const { code } = server.authenticator.issueCode(ann, { from: 'page' });
		expect(await call(ann, 'DELETE', '/v1/people/me/logins')).toEqual({ status: 200, json: { ended: 1 } });
		await other.gone;
		expect([(await withCookie(second)).status, (await withCookie(gusses)).status]).toEqual([401, 200]);
		expect((await server.call('POST', '/login', { code })).status).toBe(401);
	});

	it('with a revoked token’s logins, and those that were made from them', async () => {
		const follow = async (response: Response) => {
			const { code } = (await response.json()) as { code: string };
			const login = await server.call('POST', '/login', { code }, { Authorization: '' });
			return (login.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
		};
		const bearer = { Authorization: `Bearer ${ann.token}` };
		const first = await follow(await server.call('POST', '/v1/login-codes', undefined, bearer));
		const fromPage = { headers: { Cookie: first, Origin: server.url }, method: 'POST' };
		const second = await follow(await fetch(`${server.url}/v1/login-codes`, fromPage));
		const own = await cookieOf(ann);
		const { logins } = (await call(ann, 'GET', '/v1/people/me/logins')).json;
		expect(logins).toMatchObject([
			{ from: 'telegram' },
			{ from: 'page', token: 'test' },
			{ from: 'token', token: 'test' },
		]);
		const { code } = (await (await server.call('POST', '/v1/login-codes', undefined, bearer)).json()) as {
			code: string;
		};
		const socket = await connect({ cookie: second });
		await call(ann, 'DELETE', `/v1/people/me/tokens/${ann.tokenId}`);
		await socket.gone;
		const statuses = [first, second, own].map(async (cookie) => (await withCookie(cookie)).status);
		expect(await Promise.all(statuses)).toEqual([401, 401, 200]);
		expect((await server.call('POST', '/login', { code })).status).toBe(401);
		const left = await fetch(`${server.url}/v1/people/me/logins`, { headers: { Cookie: own } });
		expect(await left.json()).toMatchObject({ logins: [{ from: 'telegram', current: true }] });
	});

	it('with a revoked token’s connections', async () => {
		const socket = await connect({ token: gus.token });
		expect((await call(owner, 'DELETE', `/v1/people/me/tokens/${gus.tokenId}`)).status).toBe(204);
		await socket.gone;
		await expect(connect({ token: gus.token })).rejects.toThrow('token');
	});
});

describe('a guest who takes all there is', () => {
	it('holds so many streams at once, and then nobody else waits', async () => {
		const { id } = await server.desk.submit({ person: gus.person, role: 'guest' }, { goal: 'Mine' });
		const headers = { Authorization: `Bearer ${gus.token}`, Accept: 'text/event-stream' };
		const open = (count: number) =>
			Promise.all(Array.from({ length: count }, () => fetch(`${server.url}/v1/tasks/${id}/events`, { headers })));
		const mayAskAgain = () => server.clock.advance(2_000);
		const streams = await open(60);
		await mayAskAgain();
		streams.push(...(await open(40)));
		expect(new Set(streams.map(({ status }) => status))).toEqual(new Set([200]));
		await mayAskAgain();
		const refused = await call(gus, 'GET', '/v1/people/me');
		expect(refused).toMatchObject({ status: 429, json: { detail: expect.stringContaining('100 of your requests') } });
		expect((await call(ann, 'GET', '/v1/people/me')).status).toBe(200);
		await Promise.all(streams.map(({ body }) => body?.cancel()));
		await vi.waitFor(async () => {
			await mayAskAgain();
			expect((await call(gus, 'GET', '/v1/people/me')).status).toBe(200);
		});
	});

	it('has so many connections at once, and the next is refused until one ends', async () => {
		await Promise.all(Array.from({ length: 100 }, () => connect({ token: gus.token })));
		await expect(connect({ token: gus.token })).rejects.toThrow('100 connections');
		await connect({ token: ann.token });
		sockets[0]?.disconnect();
		await vi.waitFor(() => connect({ token: gus.token }));
	});
});

async function me(who: Pick<Someone, 'token'>) {
	return (await call(who, 'GET', '/v1/people/me')).json;
}
