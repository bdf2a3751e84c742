import { createServer, type IncomingMessage, type RequestListener, request } from 'node:http';
import { type AddressInfo, connect, createServer as createSocketServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type GuardProxy, openGuardProxy, PROXY_GREETING, type ProxyRefusal } from './guard-proxy.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
	for (const close of closers.splice(0)) await close();
});

async function site(listener: RequestListener): Promise<number> {
	const server = createServer(listener);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	closers.push(() => {
		server.closeAllConnections();
		server.close();
	});
	return (server.address() as AddressInfo).port;
}

async function proxyFor(ports: readonly number[]): Promise<GuardProxy & { readonly refusals: ProxyRefusal[] }> {
	const refusals: ProxyRefusal[] = [];
	const proxy = await openGuardProxy({
		allowPrivateHosts: ports.map((port) => `127.0.0.1:${port}`),
		onRefused: (refusal) => refusals.push(refusal),
	});
	closers.push(() => proxy.stop());
	return { ...proxy, refusals };
}

const credentials = (proxy: GuardProxy, user = 'ann') =>
	`Basic ${Buffer.from(`${user}:${proxy.password}`).toString('base64')}`;

interface Got {
	readonly status: number;
	readonly headers: IncomingMessage['headers'];
	readonly text: string;
}

function get(
	proxy: GuardProxy,
	path: string,
	options: { method?: string; body?: string; headers?: object } = {},
): Promise<Got> {
	const { promise, resolve, reject } = Promise.withResolvers<Got>();
	const headers = { 'Proxy-Authorization': credentials(proxy), ...options.headers };
	const sent = request(proxy.server, { path, method: options.method ?? 'GET', headers, agent: false });
	sent.on('error', reject).on('response', (response) => {
		let text = '';
		response.setEncoding('utf8').on('data', (piece: string) => {
			text += piece;
		});
		response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
		response.on('error', reject);
	});
	sent.end(options.body);
	return promise;
}

/** What comes back over a tunnel, after `talk` was said through it. */
function tunnel(proxy: GuardProxy, target: string, talk = ''): Promise<string> {
	const { promise, resolve } = Promise.withResolvers<string>();
	const socket = connect(Number(new URL(proxy.server).port), '127.0.0.1');
	let heard = '';
	socket.on('data', (data) => {
		heard += data;
		if (talk !== '' && heard.endsWith('\r\n\r\n') && heard.includes(' 200 ')) socket.write(talk);
	});
	socket.on('close', () => resolve(heard));
	socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\nProxy-Authorization: ${credentials(proxy)}\r\n\r\n`);
	return promise;
}

describe('the guard proxy', () => {
	test.each([
		['words that are none', 'HTTP/1.1 200 O\x01K\r\nContent-Length: 0\r\n\r\n', 200],
		['a status below 100', 'HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n', 502],
		['a header that is none', 'HTTP/1.1 200 OK\r\nX-Odd: a\x01b\r\nContent-Length: 0\r\n\r\n', 502],
		['another protocol that nobody asked for', 'HTTP/1.1 101 Now\r\nUpgrade: odd\r\nConnection: upgrade\r\n\r\n', 502],
		['nothing', '', 502],
	])('outlives a server that answers with %s', async (_, answer, status) => {
		const server = createSocketServer((socket) => {
			socket.on('error', () => socket.destroy()).once('data', () => socket.end(answer, 'latin1'));
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		closers.push(() => server.close());
		const { port } = server.address() as AddressInfo;
		const proxy = await proxyFor([port]);
		expect((await get(proxy, `http://127.0.0.1:${port}/`)).status).toBe(status);
		expect((await get(proxy, PROXY_GREETING)).status).toBe(204);
	});

	test('forwards requests to allowed hosts with body, headers and status, without those meant for itself', async () => {
		const port = await site(async (asked, response) => {
			const pieces: Buffer[] = [];
			for await (const piece of asked) pieces.push(piece);
			response.writeHead(201, { 'X-Answer': 'yes', 'Set-Cookie': ['a=1', 'b=2'] });
			response.end(JSON.stringify({ url: asked.url, headers: asked.headers, body: String(Buffer.concat(pieces)) }));
		});
		const proxy = await proxyFor([port]);
		const got = await get(proxy, `http://127.0.0.1:${port}/a?b=c`, {
			method: 'POST',
			body: 'hello',
			headers: { 'X-Asked': 'this', 'Proxy-Connection': 'keep-alive', Host: 'spoofed.test' },
		});
		expect(got).toMatchObject({ status: 201, headers: { 'x-answer': 'yes', 'set-cookie': ['a=1', 'b=2'] } });
		const seen = JSON.parse(got.text);
		expect(seen).toMatchObject({
			url: '/a?b=c',
			body: 'hello',
			headers: { 'x-asked': 'this', host: `127.0.0.1:${port}` },
		});
		expect(Object.keys(seen.headers).filter((name) => name.startsWith('proxy-'))).toEqual([]);
	});

	test('streams what comes slowly, piece by piece', async () => {
		let more = () => {};
		const port = await site((_asked, response) => {
			response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('data: 1\n\n');
			more = () => response.end('data: 2\n\n');
		});
		const proxy = await proxyFor([port]);
		const { promise, resolve } = Promise.withResolvers<string>();
		const headers = { 'Proxy-Authorization': credentials(proxy) };
		request(proxy.server, { path: `http://127.0.0.1:${port}/`, headers, agent: false })
			.on('response', (response) => response.once('data', (piece) => resolve(String(piece))).resume())
			.end();
		expect(await promise).toBe('data: 1\n\n');
		more();
	});

	test('tunnels to allowed hosts, whatever is said there', async () => {
		const port = await site((_asked, response) => response.writeHead(200, { Connection: 'close' }).end('through'));
		const proxy = await proxyFor([port]);
		const heard = await tunnel(proxy, `127.0.0.1:${port}`, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n');
		expect(heard).toMatch(/^HTTP\/1\.1 200 Connection Established\r\n\r\nHTTP\/1\.1 200 OK.*through/s);
	});

	test.each(['127.0.0.1', 'localhost', '2130706433', '[::ffff:127.0.0.1]', '0.0.0.0'])(
		'refuses %s both ways, and tells whose request it was',
		async (name) => {
			let hits = 0;
			const port = await site((_asked, response) => {
				hits++;
				response.end();
			});
			const proxy = await proxyFor([]);
			const got = await get(proxy, `http://${name}:${port}/secret`);
			expect(got.status).toBe(403);
			expect(got.text).toMatch(/^Refused to fetch http:/);
			expect(await tunnel(proxy, `${name}:${port}`)).toMatch(/^HTTP\/1\.1 403 Forbidden/);
			expect(proxy.refusals.map(({ user, error }) => [user, error.code])).toEqual([
				['ann', 'address-refused'],
				['ann', 'address-refused'],
			]);
			expect(hits).toBe(0);
		},
	);

	test.each(['ftp://x.test/', 'https://x.test/', 'file:///etc/passwd', '/etc/passwd', 'http://x.test:22/'])(
		'forwards nothing to %s',
		async (address) => {
			expect((await get(await proxyFor([]), address)).status).toBe(403);
		},
	);

	test('says 502 for a host that cannot be reached, with the reason', async () => {
		const port = await site(() => undefined);
		for (const close of closers.splice(0)) close();
		const proxy = await proxyFor([port]);
		const got = await get(proxy, `http://127.0.0.1:${port}/`);
		expect(got).toMatchObject({ status: 502, text: expect.stringContaining('refused the connection') });
		expect(await tunnel(proxy, 'nowhere.invalid:443')).toMatch(/^HTTP\/1\.1 502 Bad Gateway/);
		expect(proxy.refusals.map(({ error }) => error.code)).toEqual(['fetch-failed', 'fetch-failed']);
	});

	test('lets nobody in without the password, and answers its own greeting', async () => {
		const port = await site((_asked, response) => response.end('in'));
		const proxy = await proxyFor([port]);
		for (const wrong of ['', 'Basic', 'Basic YTpi', `Bearer ${proxy.password}`]) {
			const got = await get(proxy, `http://127.0.0.1:${port}/`, { headers: { 'Proxy-Authorization': wrong } });
			expect(got).toMatchObject({ status: 407, headers: { 'proxy-authenticate': expect.stringContaining('Basic') } });
		}
		expect((await get(proxy, PROXY_GREETING)).status).toBe(204);
	});

	test('asks again over a new connection when a kept one was closed by the server', async () => {
		let count = 0;
		const port = await site((asked, response) => {
			count++;
			response.end(`answer ${count}`);
			// Closed without notice, as servers do that have been idle for long.
			setTimeout(() => asked.socket.destroy(), 0);
		});
		const proxy = await proxyFor([port]);
		for (let round = 1; round <= 5; round++) {
			expect((await get(proxy, `http://127.0.0.1:${port}/`)).text).toBe(`answer ${round}`);
		}
	});
});
