import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import { createGuardedFetch } from '@errand/core/adapters/network/guarded-fetch.ts';
import { DocumentSchema } from '@errand/core/domain/document.ts';
import { CoreError } from '@errand/core/domain/errors.ts';
import { asPersonId, asTaskId } from '@errand/core/domain/ids.ts';
import type { RunContext } from '@errand/core/ports/capability.ts';
import { afterAll, describe, expect, test } from 'vitest';
import { download } from '../documents/download.ts';
import { policyPdf } from '../documents/fixture/sample-pdf.ts';
import { webRead } from './web-read.ts';

const closers: (() => void)[] = [];
afterAll(() => {
	for (const close of closers) close();
});

async function site(listener: RequestListener): Promise<string> {
	const server = createServer(listener);
	closers.push(() => {
		server.closeAllConnections();
		server.close();
	});
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const answering = (body: string | Uint8Array, headers: Record<string, string> = {}, status = 200) =>
	site((_request, response) => response.writeHead(status, headers).end(body));

interface Run {
	readonly context: RunContext;
	readonly origins: string[];
	readonly progress: { percent?: number; text?: string }[];
	readonly abort: AbortController;
}

/** A run as the worker gives it, whose files are one PDF and one note. */
function run(allowPrivateHosts: readonly string[]): Run {
	const abort = new AbortController();
	const origins: string[] = [];
	const progress: Run['progress'] = [];
	const fetch = createGuardedFetch({ allowPrivateHosts });
	const context: RunContext = {
		taskId: asTaskId('t1'),
		person: asPersonId('p1'),
		signal: abort.signal,
		progress: (word) => progress.push(word),
		taint: (origin) => origins.push(origin),
		saveArtifact: () => Promise.reject(new Error('not used')),
		readArtifact: async (id) => {
			const content = id === 'pdf' ? await policyPdf() : new TextEncoder().encode('# Note\n\nHello.');
			return { ref: { id, name: id === 'pdf' ? 'policy.pdf' : 'note.md', type: '', bytes: content.length }, content };
		},
		fetch: (url, init) => fetch(url, { ...init, signal: abort.signal }),
		workspace: undefined,
		answers: [],
		ask: () => {
			throw new Error('not used');
		},
	};
	return { context, origins, progress, abort };
}

async function failure(work: Promise<unknown>): Promise<CoreError & { retryAfterMs?: number }> {
	const error = await work.then(
		() => new Error('it was read'),
		(thrown: unknown) => thrown,
	);
	if (error instanceof CoreError) return error;
	throw error;
}

const PAGE = '<!doctype html><title>Hello</title><body><h1>Hello</h1><p>World and <a href="/more">more</a>.</p></body>';

describe('web.read', () => {
	test('reads a page with its final address, taints by host and tells its progress', async () => {
		const host = await site((request, response) => {
			if (request.url === '/') response.writeHead(302, { location: '/en/home' }).end();
			else response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE);
		});
		const { context, origins, progress } = run([host]);
		const document = await webRead.run({ url: `http://${host}/` }, context);
		expect(DocumentSchema.parse(document)).toEqual(document);
		expect(document).toMatchObject({ kind: 'html', title: 'Hello', url: `http://${host}/en/home` });
		expect(document.markdown).toContain('World and more.');
		expect(document.links).toEqual([{ text: 'more', url: `http://${host}/more` }]);
		expect(new Set(origins)).toEqual(new Set([`web:${host}`]));
		expect(progress.map((word) => word.text).join()).toContain('Reading 127.0.0.1: 1 KB');
	});

	test('reads a stored file', async () => {
		const { context, origins } = run([]);
		expect(await webRead.run({ artifact: 'pdf' }, context)).toMatchObject({ kind: 'pdf', artifact: 'pdf' });
		expect(await webRead.run({ artifact: 'note' }, context)).toMatchObject({
			kind: 'text',
			title: 'Note',
			artifact: 'note',
		});
		expect(origins).toEqual(['file:pdf', 'file:note']);
		expect((await failure(webRead.run({ artifact: 'pdf', maxBytes: 100 }, context))).code).toBe('too-large');
	});

	test('takes either an address or a file', () => {
		expect(webRead.input.safeParse({ url: 'https://a.example' }).success).toBe(true);
		for (const input of [{}, { url: 'https://a.example', artifact: 'x' }, { url: '' }, { url: 'x', maxBytes: 1e9 }]) {
			expect(webRead.input.safeParse(input).success).toBe(false);
		}
	});

	test('refuses private addresses and redirects to them', async () => {
		const secret = await answering('secret');
		const host = await site((_request, response) => response.writeHead(302, { location: `http://${secret}/` }).end());
		const { context } = run([host]);
		for (const url of [`http://${secret}/`, `http://${host}/`, 'http://169.254.169.254/latest/', 'http://0x7f.1/']) {
			expect((await failure(webRead.run({ url }, context))).code).toBe('address-refused');
		}
	});

	test.each<[number, string, boolean]>([
		[401, 'forbidden', false],
		[403, 'forbidden', false],
		[404, 'not-found', false],
		[410, 'not-found', false],
		[418, 'not-possible', false],
		[429, 'fetch-failed', true],
		[500, 'fetch-failed', true],
		[503, 'fetch-failed', true],
	])('an answer of %i is %s', async (status, code, patient) => {
		const host = await answering('<p>sorry</p>', { 'retry-after': '7', 'content-type': 'text/html' }, status);
		const error = await failure(webRead.run({ url: `http://${host}/` }, run([host]).context));
		expect(error.code).toBe(code);
		expect(error.message).toContain(`answered ${status}`);
		expect(error.hint).not.toBe('');
		expect(error.retryAfterMs).toBe(patient ? 7_000 : undefined);
	});

	test('understands a date as Retry-After', async () => {
		const at = new Date(Date.now() + 60_000).toUTCString();
		const host = await answering('', { 'retry-after': at }, 503);
		const error = await failure(webRead.run({ url: `http://${host}/` }, run([host]).context));
		expect(error.retryAfterMs).toBeGreaterThan(50_000);
		expect(error.retryAfterMs).toBeLessThanOrEqual(60_000);
	});

	test.each([
		['gzip', gzipSync(PAGE)],
		['br', brotliCompressSync(PAGE)],
		['deflate', deflateSync(PAGE)],
	])('reads %s', async (encoding, body) => {
		const host = await answering(body, { 'content-encoding': encoding, 'content-type': 'text/html' });
		expect((await webRead.run({ url: `http://${host}/` }, run([host]).context)).title).toBe('Hello');
	});

	test('says so when compressed content is broken, or the connection breaks off in the middle', async () => {
		const broken = await answering('no gzip at all', { 'content-encoding': 'gzip', 'content-type': 'text/html' });
		const error = await failure(webRead.run({ url: `http://${broken}/` }, run([broken]).context));
		expect([error.code, error.message]).toEqual(['fetch-failed', expect.stringContaining('compressed content')]);
		const short = await site((_request, response) => {
			response.writeHead(200, { 'content-length': '5000', 'content-type': 'text/html' });
			response.write(PAGE, () => response.destroy());
		});
		const cut = await failure(webRead.run({ url: `http://${short}/` }, run([short]).context));
		expect([cut.code, cut.message]).toEqual(['fetch-failed', expect.stringContaining('broke off the connection')]);
	});
});

describe('a page that is too much', () => {
	test('a gzip bomb is stopped at the limit, unpacked', async () => {
		const bomb = gzipSync(Buffer.alloc(200_000_000), { level: constants.Z_BEST_SPEED });
		const host = await answering(bomb, { 'content-encoding': 'gzip', 'content-type': 'text/html' });
		const before = process.memoryUsage().rss;
		const error = await failure(webRead.run({ url: `http://${host}/` }, run([host]).context));
		expect([error.code, error.message]).toEqual(['too-large', expect.stringContaining('20 MB')]);
		expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000);
	});

	test('what announces too many bytes is not read at all', async () => {
		let sent = 0;
		const host = await site((_request, response) => {
			response.writeHead(200, { 'content-length': '50000000', 'content-type': 'text/plain' });
			response.flushHeaders();
			response.on('drain', () => (sent += 1));
		});
		expect((await failure(webRead.run({ url: `http://${host}/` }, run([host]).context))).code).toBe('too-large');
		expect(sent).toBe(0);
	});

	test('what sends without end is cut off by size', async () => {
		const host = await site((_request, response) => endless(response, Buffer.alloc(65_536, 'x'), 0));
		const { context } = run([host]);
		const error = await failure(webRead.run({ url: `http://${host}/`, maxBytes: 1_000_000 }, context));
		expect(error.code).toBe('too-large');
	});

	test('what trickles without end is cut off by time, and is not worth another try', async () => {
		const host = await site((_request, response) => endless(response, Buffer.from('<p>more</p>'), 20));
		const { context } = run([host]);
		const error = await failure(download(`http://${host}/`, context, { maxBytes: 1_000_000, maxMs: 300 }));
		expect([error.code, error.message]).toEqual(['too-large', expect.stringContaining('still sending after 0.3 s')]);
	});

	test('what never answers is timed out', async () => {
		const host = await site(() => undefined);
		const { context } = run([host]);
		const error = await failure(download(`http://${host}/`, context, { maxBytes: 1_000_000, maxMs: 200 }));
		expect(error.code).toBe('timed-out');
	});

	test.each([
		['before it answers', () => undefined],
		['while it sends', (response: ServerResponse) => endless(response, Buffer.from('x'), 10)],
	])('an abort %s ends the read at once, with the reason of the signal', async (_when, act) => {
		const host = await site((_request, response) => act(response));
		const { context, abort } = run([host]);
		const reason = new DOMException('cancelled', 'AbortError');
		setTimeout(() => abort.abort(reason), 100);
		const error = await webRead.run({ url: `http://${host}/` }, context).catch((thrown: unknown) => thrown);
		expect(error).toBe(reason);
	});
});

/** Sends the same piece again and again until the reader goes away. */
function endless(response: ServerResponse, piece: Buffer, everyMs: number): void {
	response.writeHead(200, { 'content-type': 'text/html' });
	let open = true;
	response.on('close', () => (open = false));
	const send = () => {
		if (!open) return;
		if (everyMs > 0) {
			response.write(piece);
			setTimeout(send, everyMs);
		} else if (response.write(piece)) setImmediate(send);
		else response.once('drain', send);
	};
	send();
}
