import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect, createServer as createTcpServer, type Server } from 'node:net';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CoreError } from '../../domain/errors.ts';
import type { RunContext } from '../../ports/capability.ts';
import type { Dial, Resolve } from './guarded-dial.ts';
import { createGuardedFetch } from './guarded-fetch.ts';

const closers: (() => void)[] = [];
let ca = '';
let key = '';

beforeAll(async () => {
	const names = ['localhost', 'rebind.test', 'intranet.test'].map((value) => ({ type: 2 as const, value }));
	const made = await generate([{ name: 'commonName', value: 'localhost' }], {
		keyType: 'ec',
		extensions: [
			{ name: 'basicConstraints', cA: true },
			{ name: 'subjectAltName', altNames: [...names, { type: 7 as const, ip: '127.0.0.1' }] },
		],
	});
	ca = made.cert;
	key = made.private;
});

afterAll(() => {
	for (const close of closers) close();
});

function listen(server: Server): Promise<number> {
	const { promise, resolve } = Promise.withResolvers<number>();
	server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
	return promise;
}

async function site(protocol: 'http' | 'https', listener: RequestListener): Promise<number> {
	const server = protocol === 'http' ? createServer(listener) : createSecureServer({ cert: ca, key }, listener);
	closers.push(() => {
		server.closeAllConnections();
		server.close();
	});
	return await listen(server);
}

async function failureOf(work: Promise<unknown>): Promise<CoreError> {
	const error = await work.then(
		() => new Error('nothing was refused'),
		(thrown: unknown) => thrown,
	);
	if (error instanceof CoreError) return error;
	throw error;
}

/** A server that must never be reached, and how often it was. */
async function forbidden(protocol: 'http' | 'https') {
	let hits = 0;
	const port = await site(protocol, (_request, response) => {
		hits += 1;
		response.end('secret');
	});
	return { port, hits: () => hits };
}

const answering = (addresses: Record<string, string[]>): Resolve => {
	const asked: Record<string, number> = {};
	return async (hostname) => {
		const all = addresses[hostname];
		if (all === undefined) throw Object.assign(new Error('unknown name'), { code: 'ENOTFOUND' });
		const turn = Math.min(asked[hostname] ?? 0, all.length - 1);
		asked[hostname] = turn + 1;
		return (all[turn] ?? '').split(',').map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
	};
};

describe.each(['http', 'https'] as const)('the guarded fetch over %s', (protocol) => {
	test('reads an allowed private host', async () => {
		const port = await site(protocol, (_request, response) => response.end('hello'));
		const fetch: RunContext['fetch'] = createGuardedFetch({ allowPrivateHosts: [`127.0.0.1:${port}`], ca });
		const response = await fetch(`${protocol}://127.0.0.1:${port}/`);
		expect(await response.text()).toBe('hello');
	});

	test.each(['127.0.0.1', '2130706433', '0x7f.1', '0177.1', '0.0.0.0', '[::ffff:127.0.0.1]', 'localhost'])(
		'refuses %s without touching it',
		async (host) => {
			const { port, hits } = await forbidden(protocol);
			const fetch = createGuardedFetch({ allowPrivateHosts: [], ca });
			const error = await failureOf(fetch(`${protocol}://${host}:${port}/`));
			expect(error.code).toBe('address-refused');
			expect(error.message).toMatch(/loopback|this host/);
			expect(error.hint).toContain('ERRAND_ALLOW_PRIVATE_HOSTS');
			expect(hits()).toBe(0);
		},
	);

	test('refuses a name that resolves to loopback, whatever else it resolves to', async () => {
		const { port, hits } = await forbidden(protocol);
		const resolve = answering({ 'intranet.test': ['127.0.0.1'], 'rebind.test': ['93.184.215.14,127.0.0.1'] });
		const fetch = createGuardedFetch({ allowPrivateHosts: [], ca, resolve });
		const error = await failureOf(fetch(`${protocol}://intranet.test:${port}/`));
		expect(error.code).toBe('address-refused');
		expect(error.message).toContain('intranet.test is at 127.0.0.1, a loopback address');
		expect((await failureOf(fetch(`${protocol}://rebind.test:${port}/`))).code).toBe('address-refused');
		expect(hits()).toBe(0);
	});

	test('dials the address it checked, and refuses a name that has moved to loopback by the next connection', async () => {
		const { port, hits } = await forbidden(protocol);
		const publicSite = await site(protocol, (_request, response) => response.end('public'));
		const resolve = answering({ 'rebind.test': ['93.184.215.14', '127.0.0.1'] });
		const dialled: string[] = [];
		// Plays the route to the public address: notes where the guard wants to go and connects to the site that stands for it.
		const dial: Dial = (options) => {
			options.lookup?.(options.host ?? '', { all: false }, (_error, address) => dialled.push(String(address)));
			return connect(publicSite, '127.0.0.1');
		};
		const fetch = createGuardedFetch({ allowPrivateHosts: [], ca, resolve, dial });
		const response = await fetch(`${protocol}://rebind.test:${port}/`, { headers: { connection: 'close' } });
		expect(await response.text()).toBe('public');
		expect((await failureOf(fetch(`${protocol}://rebind.test:${port}/`))).code).toBe('address-refused');
		expect(dialled).toEqual(['93.184.215.14']);
		expect(hits()).toBe(0);
	});

	test('refuses a redirect from an allowed host to a private one, on every hop', async () => {
		const secret = await forbidden(protocol);
		const port = await site(protocol, (request, response) => {
			const target = request.url === '/' ? '/again' : `${protocol}://127.0.0.1:${secret.port}/`;
			response.writeHead(302, { location: target }).end();
		});
		const fetch = createGuardedFetch({ allowPrivateHosts: [`127.0.0.1:${port}`], ca });
		const error = await failureOf(fetch(`${protocol}://127.0.0.1:${port}/`));
		expect(error.code).toBe('address-refused');
		expect(error.message).toContain(`127.0.0.1:${secret.port}`);
		expect(secret.hits()).toBe(0);
	});

	test.each(['http://169.254.169.254/latest/', 'file:///etc/passwd', 'http://u:p@example.com/', 'http://[fe80::1]/'])(
		'refuses a redirect to %s',
		async (target) => {
			const port = await site(protocol, (_request, response) => response.writeHead(307, { location: target }).end());
			const fetch = createGuardedFetch({ allowPrivateHosts: [`127.0.0.1:${port}`], ca });
			expect((await failureOf(fetch(`${protocol}://127.0.0.1:${port}/`))).code).toBe('address-refused');
		},
	);

	test('follows five redirects and no sixth', async () => {
		const port = await site(protocol, (request, response) => {
			const left = Number(request.url?.slice(1));
			if (left === 0) response.end('there');
			else response.writeHead(301, { location: `/${left - 1}` }).end();
		});
		const fetch = createGuardedFetch({ allowPrivateHosts: [`localhost:${port}`], ca });
		const there = await fetch(`${protocol}://localhost:${port}/5`);
		expect(await there.text()).toBe('there');
		expect(new URL(there.url).pathname).toBe('/0');
		const error = await failureOf(fetch(`${protocol}://localhost:${port}/6`));
		expect(error.message).toContain('redirects more than 5 times');
	});

	test('gives the redirect itself when it is not to be followed', async () => {
		const port = await site(protocol, (_request, response) => response.writeHead(302, { location: '/x' }).end());
		const fetch = createGuardedFetch({ allowPrivateHosts: [`localhost:${port}`], ca });
		const response = await fetch(`${protocol}://localhost:${port}/`, { redirect: 'manual' });
		expect([response.status, response.headers.get('location')]).toEqual([302, '/x']);
	});
});

describe('what the guarded fetch says when the network fails', () => {
	test('an unknown name', async () => {
		const fetch = createGuardedFetch({ allowPrivateHosts: [], resolve: answering({}) });
		const error = await failureOf(fetch('https://nowhere.test/'));
		expect(error.code).toBe('fetch-failed');
		expect(error.message).toBe('Cannot fetch https://nowhere.test/: the name nowhere.test was not found.');
	});

	test('a refused connection', async () => {
		const server = createTcpServer();
		const port = await listen(server);
		await new Promise((done) => server.close(done));
		const error = await failureOf(
			createGuardedFetch({ allowPrivateHosts: [`127.0.0.1:${port}`] })(`http://127.0.0.1:${port}/`),
		);
		expect(error.code).toBe('fetch-failed');
		expect(error.message).toContain('refused the connection');
	});

	test('a connection broken off, and one that does not speak HTTP', async () => {
		const words = ['', 'SSH-2.0-OpenSSH_9.6\r\n'];
		for (const [index, expected] of ['broke off the connection', 'did not answer in HTTP'].entries()) {
			const server = createTcpServer((socket) => {
				socket.on('error', () => undefined);
				socket.once('data', () => socket.end(words[index] ?? ''));
			});
			closers.push(() => server.close());
			const port = await listen(server);
			const fetch = createGuardedFetch({ allowPrivateHosts: [`127.0.0.1:${port}`] });
			expect((await failureOf(fetch(`http://127.0.0.1:${port}/`))).message).toContain(expected);
		}
	});

	test('a certificate nobody vouches for', async () => {
		const port = await site('https', (_request, response) => response.end('hello'));
		const fetch = createGuardedFetch({ allowPrivateHosts: [`localhost:${port}`] });
		const error = await failureOf(fetch(`https://localhost:${port}/`));
		expect(error.code).toBe('fetch-failed');
		expect(error.message).toContain('certificate of localhost is not trusted');
	});

	test('a server that takes the request and says nothing', async () => {
		const port = await site('http', () => undefined);
		const fetch = createGuardedFetch({ allowPrivateHosts: [`localhost:${port}`], headersTimeoutMs: 200 });
		expect((await failureOf(fetch(`http://localhost:${port}/`))).message).toContain('did not answer in time');
	});

	test('an aborted request rejects with the reason of the signal', async () => {
		const port = await site('http', () => undefined);
		const fetch = createGuardedFetch({ allowPrivateHosts: [`localhost:${port}`] });
		const abort = new AbortController();
		const reason = new CoreError('cancelled', 'The person cancelled.', { hint: 'Nothing to do.' });
		setTimeout(() => abort.abort(reason), 30);
		const error = await failureOf(fetch(`http://localhost:${port}/`, { signal: abort.signal }));
		expect(error).toBe(reason);
	});
});

test('IPv6 loopback is refused, and passes where it is allowed', async () => {
	const server = createServer((_request, response) => response.end('six'));
	closers.push(() => server.close());
	const listening = new Promise<boolean>((done) => {
		server.once('error', () => done(false));
		server.listen(0, '::1', () => done(true));
	});
	// A machine without IPv6 still has the refusal to show.
	const port = (await listening) ? (server.address() as AddressInfo).port : undefined;
	const url = `http://[::1]:${port ?? 8080}/`;
	expect((await failureOf(createGuardedFetch({ allowPrivateHosts: [] })(url))).code).toBe('address-refused');
	if (port === undefined) return;
	const response = await createGuardedFetch({ allowPrivateHosts: [`[::1]:${port}`] })(url, {
		headers: { connection: 'close' },
	});
	expect(await response.text()).toBe('six');
});

test('credentials and bodies do not follow a redirect to another origin', async () => {
	const seen: Record<string, unknown>[] = [];
	const second = await site('http', (request, response) => {
		seen.push({
			method: request.method,
			auth: request.headers.authorization,
			length: request.headers['content-length'],
		});
		response.end();
	});
	const first = await site('http', (_request, response) =>
		response.writeHead(303, { location: `http://localhost:${second}/` }).end(),
	);
	const fetch = createGuardedFetch({ allowPrivateHosts: [`localhost:${first}`, `localhost:${second}`] });
	const headers = { authorization: 'Bearer x', 'content-type': 'text/plain' };
	await fetch(`http://localhost:${first}/`, { method: 'POST', body: 'hello', headers });
	expect(seen).toEqual([{ method: 'GET', auth: undefined, length: undefined }]);
});
