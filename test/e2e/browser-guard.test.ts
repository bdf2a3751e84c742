import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openGuardProxy } from '@errand/core/adapters/network/guard-proxy.ts';
import type { BrowserAction, BrowserSight } from '@errand/core/ports/browser.ts';
import { BrowserHost } from '@errand/workers/sessions/browser/host/browser-host.ts';
import { chooseLauncher } from '@errand/workers/sessions/browser/host/browser-launcher.ts';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { aBrowserRun, browserPath } from '../harness/browser.ts';

const PUBLIC_ADDRESS = '93.184.216.34';
const names = new Map<string, string[]>();
/** What reached the site that may be reached, and connections of any kind to what may not. */
let allowedHits: string[] = [];
let forbiddenHits: string[] = [];
let site: { port: number; close(): void };
let forbidden: { port: number; close(): void };
let host: BrowserHost;
let dataDir: string;
let pages = 0;

beforeAll(async () => {
	site = await openSite();
	forbidden = await openForbidden();
	dataDir = await mkdtemp(join(tmpdir(), 'errand-guard-'));
	const allowPrivateHosts = [`127.0.0.1:${site.port}`, `friend.test:${site.port}`];
	host = new BrowserHost({
		init: {
			browserPath: browserPath ?? '',
			dataDir,
			cacheDir: dataDir,
			hostDir: dataDir,
			allowPrivateHosts,
			spareMs: 0,
		},
		program: chooseLauncher(browserPath ?? '', dataDir).then((launcher) => ({ chromium, launcher })),
		openProxy: (onRefused) =>
			openGuardProxy({
				allowPrivateHosts,
				onRefused,
				resolve: async (name) => {
					const answers = names.get(name) ?? [];
					// The last answer stays; those before are given once.
					const address = (answers.length > 1 ? answers.shift() : answers[0]) ?? '';
					return address === '' ? [] : [{ address, family: 4 }];
				},
				dial: (options) => {
					// The one public address of this test is played by the site.
					let isPublic = false;
					options.lookup?.('', { all: false }, (_error, address) => {
						isPublic = address === PUBLIC_ADDRESS;
					});
					return isPublic ? connect({ host: '127.0.0.1', port: site.port }) : connect(options);
				},
			}),
	});
});

afterAll(async () => {
	await host?.stop();
	site?.close();
	forbidden?.close();
	await rm(dataDir, { recursive: true, force: true });
});

beforeEach(() => {
	allowedHits = [];
	forbiddenHits = [];
	names.clear();
	names.set('friend.test', ['127.0.0.1']);
	names.set('inner.test', ['127.0.0.1']);
	names.set('metadata.test', ['169.254.169.254']);
});

/** Each vector as script text; TARGET is where it aims, N a number of its own. */
const VECTORS: Readonly<Record<string, string>> = {
	image: 'new Image().src = TARGET',
	fetch: "fetch(TARGET, { mode: 'no-cors' }).catch(() => {})",
	xhr: "{ const x = new XMLHttpRequest(); x.open('GET', TARGET); x.send(); }",
	post: "fetch(TARGET, { mode: 'no-cors', method: 'POST', body: 'secret' }).catch(() => {})",
	beacon: "navigator.sendBeacon(TARGET, 'x')",
	iframe: "add('iframe', { src: TARGET })",
	script: "add('script', { src: TARGET })",
	stylesheet: "add('link', { rel: 'stylesheet', href: TARGET })",
	'css-url': "{ const d = add('div', {}); d.style.backgroundImage = 'url(' + TARGET + ')'; d.textContent = 'x'; }",
	font: "new FontFace('f', 'url(' + TARGET + ')').load().catch(() => {})",
	video: "add('video', { src: TARGET, preload: 'auto' })",
	object: "add('object', { data: TARGET })",
	embed: "add('embed', { src: TARGET })",
	prefetch: "add('link', { rel: 'prefetch', href: TARGET })",
	preload: "add('link', { rel: 'preload', as: 'script', href: TARGET })",
	modulepreload: "add('link', { rel: 'modulepreload', href: TARGET })",
	preconnect: "add('link', { rel: 'preconnect', href: TARGET })",
	'dns-prefetch': "add('link', { rel: 'dns-prefetch', href: TARGET })",
	'event-source': 'new EventSource(TARGET)',
	'web-socket': "new WebSocket(TARGET.replace('http', 'ws'))",
	'form-post':
		"{ add('iframe', { name: 'sink' + N }); const f = add('form', { action: TARGET, method: 'post', target: 'sink' + N }); f.submit(); }",
	'meta-refresh': `add('iframe', { srcdoc: '<meta http-equiv=refresh content="0;url=' + TARGET + '">' })`,
	'window-open': 'window.open(TARGET)',
	'download-link': "{ const a = add('a', { href: TARGET, download: 'x', target: '_blank' }); a.click(); }",
	ping: "{ const a = add('a', { href: '#x', ping: TARGET }); a.click(); }",
	worker:
		"new Worker(URL.createObjectURL(new Blob(['fetch(' + JSON.stringify(TARGET) + ', { mode: `no-cors` }).catch(() => {})'], { type: 'text/javascript' })))",
	'service-worker':
		"navigator.serviceWorker.register('/worker.js?to=' + encodeURIComponent(TARGET), { scope: '/scope-' + N + '/' })",
	prerender:
		"{ const s = document.createElement('script'); s.type = 'speculationrules'; s.textContent = JSON.stringify({ prefetch: [{ source: 'list', urls: [TARGET] }] }); document.body.append(s); }",
	redirect: "new Image().src = '/redirect?to=' + encodeURIComponent(TARGET)",
	'redirected-fetch': "fetch('/redirect?to=' + encodeURIComponent(TARGET), { mode: 'no-cors' }).catch(() => {})",
	'web-rtc':
		"{ const c = new RTCPeerConnection({ iceServers: [{ urls: 'stun:' + new URL(TARGET).host }, { urls: 'turn:' + new URL(TARGET).host + '?transport=tcp', username: 'u', credential: 'p' }] }); c.createDataChannel('d'); c.createOffer().then((o) => c.setLocalDescription(o)); }",
	'web-transport':
		"{ const t = new WebTransport(TARGET.replace('http:', 'https:')); t.ready.catch(() => {}); t.closed.catch(() => {}); }",
};
/** Not tried on the site that is allowed: they carry no path, are switched off on purpose, or need what it does not speak. */
const SILENT = new Set(['preconnect', 'dns-prefetch', 'ping', 'web-rtc', 'web-transport', 'embed', 'prerender']);

describe.skipIf(browserPath === undefined)('the browser of a task', () => {
	test('reaches an allowed site in every way, and a forbidden address in none', async () => {
		const spellings = [
			`127.0.0.1:${forbidden.port}`,
			`localhost:${forbidden.port}`,
			`2130706433:${forbidden.port}`,
			`0x7f000001:${forbidden.port}`,
			`0177.0.0.1:${forbidden.port}`,
			`127.1:${forbidden.port}`,
			`0.0.0.0:${forbidden.port}`,
			`[::1]:${forbidden.port}`,
			`[::ffff:127.0.0.1]:${forbidden.port}`,
			`inner.test:${forbidden.port}`,
		];
		const sight = await visit(`/attack?${new URLSearchParams({ to: JSON.stringify(spellings) })}`);
		expect(sight.status).toBe(200);
		const wanted = Object.keys(VECTORS).filter((name) => !SILENT.has(name));
		await vi.waitFor(() => expect(wanted.filter((name) => !allowedHits.includes(name))).toEqual([]), {
			timeout: 20_000,
		});
		const refused = [...(sight.refused ?? [])];
		await vi.waitFor(async () => {
			refused.push(...((await act({ do: 'wait', ms: 1_500 })).refused ?? []));
			expect(refused.join('\n')).toMatch(/^127\.0\.0\.1:\d+: 127\.0\.0\.1 is a loopback address$/m);
			expect(refused.join('\n')).toMatch(/^inner\.test:\d+: inner\.test is at 127\.0\.0\.1, a loopback address$/m);
		});
		expect(forbiddenHits).toEqual([]);
	});

	test.each([
		['a loopback address', () => `http://127.0.0.1:${forbidden.port}/`],
		['a decimal address', () => `http://2130706433:${forbidden.port}/`],
		['an IPv6 address that maps to loopback', () => `http://[::ffff:127.0.0.1]:${forbidden.port}/`],
		['a name that is at loopback', () => `http://inner.test:${forbidden.port}/`],
		['the same over https', () => `https://inner.test:${forbidden.port}/`],
		['cloud metadata', () => 'http://metadata.test/latest/meta-data/'],
		['a redirect to loopback', () => `${origin()}/redirect?to=http://127.0.0.1:${forbidden.port}/`],
		['a redirect to a name at loopback', () => `${origin()}/redirect?to=http://inner.test:${forbidden.port}/`],
		['a redirect to https at loopback', () => `${origin()}/redirect?to=https://inner.test:${forbidden.port}/`],
		['a file', () => 'file:///etc/passwd'],
		['a redirect to a file', () => `${origin()}/redirect?to=file:///etc/passwd`],
		['a page of the browser itself', () => 'chrome://version'],
		['the source of a file', () => 'view-source:file:///etc/passwd'],
		['a page made of its address', () => 'data:text/html,<p>hello'],
		['a script', () => 'javascript:alert(1)'],
		['a file server', () => 'ftp://friend.test/'],
		['a port of another service', () => 'http://friend.test:6379/'],
	])('does not open %s', async (_name, address) => {
		await expect(open(address())).rejects.toMatchObject({ code: 'address-refused' });
		expect(forbiddenHits).toEqual([]);
	});

	test.each([
		['a link to a file', 'click', '<a href="file:///etc/passwd">go</a>'],
		['a link to a page made of its address', 'click', '<a href="data:text/html,<title>inside</title>">go</a>'],
		['a link to a page of the browser', 'click', '<a href="chrome://version">go</a>'],
		['a script that goes to a file', 'click', `<a onclick="location='file:///etc/passwd'">go</a>`],
		['a script that opens a file', 'click', `<a onclick="window.open('file:///etc/passwd')">go</a>`],
		['a frame of a file', 'click', '<a>go</a><iframe src="file:///etc/passwd"></iframe>'],
	])('is not led astray by %s', async (_name, _how, body) => {
		await visit(`/page?${new URLSearchParams({ body })}`);
		const sight = await act({ do: 'click', target: 'text=go' }).catch((error: { code: string }) => error.code);
		if (typeof sight === 'string') expect(sight).toBe('address-refused');
		else expect(sight.url).toMatch(/^(?:http:\/\/127\.0\.0\.1|about:blank)/);
		const { text = '' } = await act({ do: 'content' }).catch(() => ({ text: '' }));
		expect(text).not.toMatch(/root:|inside<\/title>/);
	});

	test.each([
		['a link', '<a href="TARGET">go</a>'],
		['a form', '<form action="TARGET" method="post"><button>go</button></form>'],
		['a script', `<a onclick="location='TARGET'">go</a>`],
		['a new window', `<a onclick="window.open('TARGET')">go</a>`],
	])('says what was refused when %s leads to loopback', async (_name, body) => {
		const target = `http://inner.test:${forbidden.port}/`;
		await visit(`/page?${new URLSearchParams({ body: body.replace('TARGET', target) })}`);
		const refused = [...((await act({ do: 'click', target: 'text=go' })).refused ?? [])];
		await vi.waitFor(async () => {
			refused.push(...((await act({ do: 'wait', ms: 300 })).refused ?? []));
			expect(refused).not.toEqual([]);
		});
		expect(refused).toEqual([`inner.test:${forbidden.port}: inner.test is at 127.0.0.1, a loopback address`]);
		expect(forbiddenHits).toEqual([]);
	});

	test('does not follow a name that is public first and at loopback then', async () => {
		names.set('rebind.test', [PUBLIC_ADDRESS, '127.0.0.1']);
		const target = `http://rebind.test:${forbidden.port}/hit/again`;
		const body = `<title>first</title><script>fetch('${target}').catch(() => {})</script>`;
		const sight = await open(`http://rebind.test:${forbidden.port}/page?${new URLSearchParams({ body })}`);
		expect(sight).toMatchObject({ title: 'first', status: 200 });
		// The connection that is open leads to the public address, and so does what goes through it.
		names.set('rebind.test', ['127.0.0.1']);
		for (let round = 0; round < 3; round++) {
			const late = { target: `${target}?${round}` };
			await visit(`/page?${new URLSearchParams({ body: `<img src="${late.target}">` })}`);
		}
		await act({ do: 'wait', ms: 300 });
		expect(forbiddenHits).toEqual([]);
	});

	test('does not download what may not be reached, nor a file of this machine', async () => {
		await visit('/page?body=hello');
		for (const url of [`http://127.0.0.1:${forbidden.port}/`, 'file:///etc/passwd']) {
			await expect(act({ do: 'download', url })).rejects.toMatchObject({ code: 'address-refused' });
		}
		const url = `http://inner.test:${forbidden.port}/`;
		await expect(act({ do: 'download', url })).rejects.toMatchObject({ code: 'address-refused' });
		const redirect = `${origin()}/redirect?to=${url}`;
		await expect(act({ do: 'download', url: redirect })).rejects.toMatchObject({ code: 'address-refused' });
		expect(forbiddenHits).toEqual([]);
	});
});

const origin = () => `http://127.0.0.1:${site.port}`;
const visit = (path: string) => open(`${origin()}${path}`);

function open(url: string): Promise<BrowserSight> {
	pages++;
	return act({ do: 'open', url });
}

async function act(action: BrowserAction): Promise<BrowserSight> {
	const run = aBrowserRun('guarded', { step: `page-${pages}` });
	const call = { run, context: 'main', action, timeoutMs: 60_000, epoch: undefined, state: null };
	const seen = await host.act(call, new AbortController().signal);
	if (seen === 'wants-state') throw new Error('The state was given.');
	return seen.sight;
}

async function openSite(): Promise<{ port: number; close(): void }> {
	const server = createServer((request, response) => answer(request, response));
	server.on('upgrade', (request, socket) => {
		allowedHits.push(hitName(request));
		socket.end('HTTP/1.1 400 No\r\n\r\n');
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		port: (server.address() as AddressInfo).port,
		close: () => {
			server.close();
			server.closeAllConnections();
		},
	};
}

function answer(request: IncomingMessage, response: ServerResponse): void {
	const url = new URL(request.url ?? '/', origin());
	const to = url.searchParams.get('to') ?? '';
	const html = (body: string) => response.writeHead(200, { 'Content-Type': 'text/html' }).end(body);
	switch (url.pathname) {
		case '/attack':
			return void html(attackPage(JSON.parse(to)));
		case '/page':
			return void html(url.searchParams.get('body') ?? '');
		case '/redirect':
			return void response.writeHead(302, { Location: to }).end();
		case '/worker.js': {
			response.setHeader('Service-Worker-Allowed', '/');
			response.writeHead(200, { 'Content-Type': 'text/javascript' });
			return void response.end(
				`oninstall = (e) => e.waitUntil(fetch(${JSON.stringify(to)}, { mode: 'no-cors' }).catch(() => {}))`,
			);
		}
	}
	if (url.pathname.startsWith('/hit/')) allowedHits.push(hitName(request));
	response.writeHead(200, { 'Content-Type': 'text/plain', 'Access-Control-Allow-Origin': '*' }).end('hit');
}

const hitName = (request: IncomingMessage) => (request.url ?? '').replace('/hit/', '').replace(/\?.*/, '');

/** Every vector against the allowed site and against every spelling of the forbidden address. */
function attackPage(spellings: readonly string[]): string {
	const attacks = Object.entries(VECTORS).flatMap(([name, code], row) =>
		[`friend.test:${site.port}`, ...spellings].map(
			(place, column) =>
				`attempt(() => { const TARGET = 'http://${place}/hit/${name}', N = ${100 * row + column}; ${code}; });`,
		),
	);
	return `<!doctype html><title>attack</title><body><script>
		const add = (tag, properties) => { const e = Object.assign(document.createElement(tag), properties); document.body.append(e); return e; };
		const attempt = (run) => { try { run(); } catch {} };
		addEventListener('unhandledrejection', (event) => event.preventDefault());
		addEventListener('load', () => { ${attacks.join('\n')} });
	</script>`;
}

/** Listens at loopback by TCP (IPv4 and, where there is one, IPv6) and UDP on one port, and notes whoever comes. */
async function openForbidden(): Promise<{ port: number; close(): void }> {
	const listeners: (Server | UdpSocket)[] = [];
	const onTcp = (address: string) =>
		createTcpServer((socket) => {
			socket.on('error', () => undefined);
			socket.once('data', (data) => forbiddenHits.push(`${address}: ${String(data).split('\r\n', 1)[0]}`));
			forbiddenHits.push(`${address}: connection`);
			socket.write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret');
		});
	const first = onTcp('127.0.0.1');
	await new Promise<void>((resolve) => first.listen(0, '127.0.0.1', resolve));
	const { port } = first.address() as AddressInfo;
	const second = onTcp('::1');
	await new Promise<void>((resolve) => {
		second.once('error', () => resolve());
		second.listen(port, '::1', resolve);
	});
	const udp = createSocket('udp4', (message) => forbiddenHits.push(`udp: ${message.length} bytes`));
	await new Promise<void>((resolve) => udp.bind(port, '127.0.0.1', resolve));
	listeners.push(first, second, udp);
	return { port, close: () => listeners.forEach((listener) => void listener.close()) };
}
