import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWebhookSender } from '../../infrastructure/open-webhook-sender.ts';
import { createGuardedFetch } from '../network/guarded-fetch.ts';
import { StandardWebhookSender } from './standard-webhook-sender.ts';

const SECRETS = ['whsec_bmV3IHNlY3JldCBvZiAzMiBieXRlcyBpbiBhbGwu', 'whsec_b2xkIHNlY3JldCBvZiAzMiBieXRlcyBpbiBhbGwu'];
const BODY = '{"type":"task.completed","data":{"text":"\\u65e5"}}';

let answer: (request: IncomingMessage, response: ServerResponse) => void;
let host: string;
let stop: () => Promise<void>;
const got: { headers: IncomingMessage['headers']; body: string; url: string | undefined }[] = [];

beforeEach(async () => {
	got.length = 0;
	answer = (_request, response) => response.writeHead(204).end();
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			got.push({ headers: request.headers, body: Buffer.concat(chunks).toString(), url: request.url });
			answer(request, response);
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
	stop = () =>
		new Promise((resolve) => {
			server.close(() => resolve());
			server.closeAllConnections();
		});
});
afterEach(() => stop());

const post = (change: { url?: string; signal?: AbortSignal } = {}) => ({
	url: `http://${host}/in?x=1`,
	eventId: 'msg_1',
	at: Date.now(),
	body: BODY,
	secrets: SECRETS,
	signal: new AbortController().signal,
	...change,
});
const sender = () => openWebhookSender({ allowPrivateHosts: [host] });

describe('posting an event', () => {
	it('is signed so that the vendor’s own library takes it with either secret, and with no other', async () => {
		expect(await sender().send(post())).toEqual({ kind: 'delivered', status: 204 });
		const [{ headers, body, url } = { headers: {}, body: '', url: '' }] = got;
		expect([url, body, headers['webhook-id'], headers['content-type']]).toEqual([
			'/in?x=1',
			BODY,
			'msg_1',
			'application/json',
		]);
		const shown = headers as Record<string, string>;
		for (const secret of SECRETS) {
			expect(new Webhook(secret).verify(body, shown)).toEqual(JSON.parse(BODY));
		}
		expect(() => new Webhook('whsec_YW5vdGhlciBzZWNyZXQ=').verify(body, shown)).toThrow(/No matching signature/);
		expect(() => new Webhook(SECRETS[0] ?? '').verify(`${body} `, shown)).toThrow(/No matching signature/);
	});

	it('failed when the receiver says so, with its words and the wait it asks for', async () => {
		answer = (_request, response) =>
			response.writeHead(503, { 'Retry-After': '30' }).end('Busy\n\u0000now '.repeat(100_000));
		const outcome = await sender().send(post());
		expect(outcome).toMatchObject({
			kind: 'failed',
			gone: false,
			failure: { kind: 'retryable', code: 'http-503', retryAfterMs: 30_000 },
		});
		const words = outcome.kind === 'failed' ? outcome.failure.message : '';
		expect(words).toMatch(/^The receiver answered 503: Busy now Busy now/);
		expect(words.length).toBeLessThan(300);
	});

	it('tells a receiver that is gone from one that is down', async () => {
		answer = (_request, response) => response.writeHead(410).end();
		expect(await sender().send(post())).toMatchObject({ kind: 'failed', gone: true });
	});

	it('follows no redirect: the signature is for this receiver alone', async () => {
		answer = (_request, response) => response.writeHead(307, { Location: '/elsewhere' }).end();
		expect(await sender().send(post())).toMatchObject({
			failure: { kind: 'retryable', code: 'http-307', hint: expect.stringContaining('Redirects') as string },
		});
		expect(got).toHaveLength(1);
	});

	it('may have arrived when the answer is late, and is said to be late', async () => {
		answer = () => {};
		const late = new StandardWebhookSender({
			post: createGuardedFetch({ allowPrivateHosts: [host] }),
			check: () => {},
			timeoutMs: 100,
		});
		expect(await late.send(post())).toMatchObject({ failure: { kind: 'timed-out', code: 'timed-out' } });
		expect(got).toHaveLength(1);
	});

	it('took it when the status says so, even if the rest of the answer never comes', async () => {
		answer = (_request, response) => {
			response.writeHead(200, { 'Content-Length': '1000' }).write('Thank');
			setTimeout(() => response.destroy(), 20);
		};
		expect(await sender().send(post())).toEqual({ kind: 'delivered', status: 200 });
	});

	it('is broken off when nobody wants it any more', async () => {
		answer = () => {};
		const wanted = new AbortController();
		const sent = sender().send(post({ signal: wanted.signal }));
		setTimeout(() => wanted.abort(new Error('paused')), 50);
		await expect(sent).rejects.toThrow('paused');
	});

	it('is refused for private addresses, by name or number, unless the operator allows them', async () => {
		const strict = openWebhookSender({ allowPrivateHosts: [] });
		for (const url of [`http://${host}/`, `http://localhost:${host.split(':')[1]}/`, 'http://169.254.169.254/latest']) {
			expect(await strict.send(post({ url }))).toMatchObject({
				failure: { kind: 'permanent', code: 'address-refused' },
				gone: false,
			});
		}
		expect(got).toEqual([]);
		expect(() => strict.check(`http://${host}/`)).toThrow(/Refused/);
		expect(() => strict.check('ftp://receiver.example/')).toThrow(/Refused/);
		expect(() => strict.check('https://receiver.example/#part')).toThrow(/never sent/);
		expect(() => strict.check('https://receiver.example/in')).not.toThrow();
	});

	it('failed retryably when nobody listens', async () => {
		const outcome = await openWebhookSender({ allowPrivateHosts: ['127.0.0.1:9'] }).send(
			post({ url: 'http://127.0.0.1:9/' }),
		);
		expect(outcome).toMatchObject({ failure: { kind: 'retryable', code: 'fetch-failed' } });
	});
});
