import { execFileSync } from 'node:child_process';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { ErrandClient, ErrandError, type FollowEvent } from '@errand/client/errand-client.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ErrandProcess, startErrand } from '../harness/errand-process.ts';

const ENTRY = new URL('../harness/test-gateway.ts', import.meta.url).pathname;
const REPOSITORY = resolve(import.meta.dirname, '../..');

let errand: ErrandProcess;
let client: ErrandClient;
beforeAll(async () => {
	errand = await startErrand({ entry: ENTRY });
	client = new ErrandClient({ url: errand.url, token: errand.token });
});
afterAll(() => errand.dispose());

function waiting(...ms: number[]) {
	return ms.map((each, index) => ({
		id: `w${index}`,
		title: `Wait ${each} ms`,
		capability: 'test.wait',
		input: { ms: each, say: `Waited ${each} ms.` },
		dependsOn: index === 0 ? [] : [`w${index - 1}`],
		essential: true,
	}));
}

async function all(events: AsyncIterable<FollowEvent>): Promise<number[]> {
	const seen: number[] = [];
	for await (const event of events) if (event.kind === 'fact') seen.push(event.fact.seq);
	return seen;
}

describe('the client', () => {
	it('submits, follows to the end and gives the answer', async () => {
		const { id } = await client.submit({ goal: 'Wait', plan: waiting(50, 50) });
		const seen = await all(client.follow(id));
		expect(seen).toEqual(seen.map((_, index) => index + 1));
		expect((await client.result(id)).text).toBe('Waited 50 ms.');
		expect(await all(client.follow(id, { after: (await client.task(id)).seq }))).toEqual([]);
	});

	it('submits once, however often the same key is sent', async () => {
		const options = { idempotencyKey: 'once' };
		const [one, two] = [await client.submit('hello', options), await client.submit('hello', options)];
		expect(two.id).toBe(one.id);
	});

	it('lists tasks over pages', async () => {
		const ids = new Set<string>();
		for (let count = 0; count < 5; count++) ids.add((await client.submit(`hello ${count}`)).id);
		const listed: string[] = [];
		for await (const { id } of client.tasks({ pageSize: 2 })) listed.push(id);
		expect([...ids].every((id) => listed.includes(id))).toBe(true);
		expect(new Set(listed).size).toBe(listed.length);
	});

	it('takes a broken line up where it was, without a gap or a repeat', async () => {
		const line = await shakyProxy(errand.url, 900);
		try {
			const shaky = new ErrandClient({ url: line.url, token: errand.token });
			const { id } = await shaky.submit({ goal: 'Wait', plan: waiting(700, 700, 700, 700) });
			const seen = await all(shaky.follow(id));
			expect(seen).toEqual(seen.map((_, index) => index + 1));
			expect(seen.length).toBeGreaterThanOrEqual(10);
			expect(line.broken()).toBeGreaterThan(0);
		} finally {
			await line.stop();
		}
	});

	it('goes on following over a restart of the server', async () => {
		const first = await startErrand({ entry: ENTRY });
		const port = new URL(first.url).port;
		const own = new ErrandClient({ url: first.url, token: first.token });
		const { id } = await own.submit({ goal: 'Wait', plan: waiting(1_500) });
		const following = all(own.follow(id));
		await new Promise((resolve) => setTimeout(resolve, 300));
		await first.kill();
		const second = await startErrand({ entry: ENTRY, dataDir: first.dataDir, env: { PORT: port } });
		try {
			const seen = await following;
			expect(seen).toEqual(seen.map((_, index) => index + 1));
			expect((await own.task(id)).status).toBe('done');
		} finally {
			await second.stop();
			await first.dispose();
		}
	});

	it('answers questions on the way to a result, and says so when nobody does', async () => {
		const submitted = { goal: 'Wait', plan: waiting(5), approve: true };
		const { id } = await client.submit(submitted);
		await expect(client.result(id)).rejects.toMatchObject({ code: 'question', status: 409 });
		const result = await client.result(id, { answer: ({ kind }) => (kind === 'approval' ? 'approve' : 'x') });
		expect(result.text).toBe('Waited 5 ms.');
		const other = await client.submit(submitted);
		await expect.poll(async () => (await client.task(other.id)).questions).toHaveLength(1);
		const [question] = (await client.task(other.id)).questions;
		expect((await client.approve(other.id, question?.id ?? '', 'refuse')).status).toBe('cancelled');
		await expect(client.result(other.id)).rejects.toMatchObject({ code: 'cancelled' });
	});

	it('talks in a conversation, with files, and fetches them', async () => {
		await client.say('web-owner-client', 'hello', { attachments: [{ name: 'a.txt', content: 'Grüße' }] });
		const listed: string[] = [];
		for await (const { id, frontend, messages } of client.conversations()) {
			if (frontend === 'web' && messages > 0) listed.push(id);
		}
		expect(listed).toContain('web-owner-client');
		const { entries } = await client.messages('web-owner-client');
		const [said] = entries;
		const file = said?.kind === 'message' ? said.attachments[0] : undefined;
		const { content, type } = await client.artifact(file !== undefined && 'id' in file ? file.id : '');
		expect(new TextDecoder().decode(content)).toBe('Grüße');
		expect(type).toContain('text/plain');
	});

	it('stops when it is told to', async () => {
		const { id } = await client.submit({ goal: 'Wait', plan: waiting(60_000) });
		const stop = new AbortController();
		const following = all(client.follow(id, { signal: stop.signal }));
		setTimeout(() => stop.abort(), 100);
		await expect(following).rejects.toMatchObject({ name: 'AbortError' });
		expect((await client.cancel(id)).status).toBe('cancelled');
		expect((await client.retry(id)).endedAt).toBeUndefined();
		await client.cancel(id);
	});

	it('tells what went wrong, and what to do', async () => {
		const unknown = client.task('nobody');
		await expect(unknown).rejects.toBeInstanceOf(ErrandError);
		await expect(unknown).rejects.toMatchObject({ status: 404, code: 'unknown-task' });
		await expect(client.submit('')).rejects.toMatchObject({ status: 400, code: 'empty-goal' });
		await expect(new ErrandClient({ url: errand.url, token: 'wrong' }).task('x')).rejects.toMatchObject({
			status: 401,
		});
		const nowhere = new ErrandClient({ url: 'http://127.0.0.1:9', token: 'x', retries: 0 });
		await expect(nowhere.task('x')).rejects.toMatchObject({ status: 0, code: 'unreachable' });
	});
});

describe('the package', () => {
	it('packs plain JavaScript with types, and runs from there', { timeout: 60_000 }, async () => {
		const cwd = resolve(REPOSITORY, 'packages/client');
		const packed = execFileSync('npm', ['pack', '--dry-run', '--json', '--loglevel=error'], { cwd, encoding: 'utf8' });
		const [{ files }] = JSON.parse(packed.slice(packed.indexOf('['))) as [{ files: { path: string }[] }];
		const paths = files.map(({ path }) => path);
		expect(paths).toContain('dist/errand-client.js');
		expect(paths).toContain('dist/errand-client.d.ts');
		expect(paths).toContain('README.md');
		expect(paths.filter((path) => path.includes('.test.') || path.includes('node_modules'))).toEqual([]);
		const script = `
			import { ErrandClient } from '@errand/client';
			const client = new ErrandClient({ url: process.argv[1], token: process.argv[2] });
			const { id } = await client.submit('hello');
			console.log((await client.result(id)).text);`;
		const args = ['--input-type=module', '-e', script, errand.url, errand.token];
		expect(execFileSync(process.execPath, args, { cwd: REPOSITORY, encoding: 'utf8' })).toContain('Hello!');
	});
});

/** A proxy that breaks each stream of events after a while. */
async function shakyProxy(
	target: string,
	afterMs: number,
): Promise<{ url: string; broken(): number; stop(): Promise<void> }> {
	let broken = 0;
	const server: Server = createServer((incoming, outgoing) => {
		const headers = { ...incoming.headers, host: new URL(target).host };
		const passed = request(target + incoming.url, { method: incoming.method, headers }, (answer) => {
			outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
			answer.pipe(outgoing);
			if (!answer.headers['content-type']?.startsWith('text/event-stream')) return;
			setTimeout(() => {
				if (outgoing.writableFinished) return;
				broken += 1;
				outgoing.destroy();
				answer.destroy();
			}, afterMs).unref();
		});
		passed.on('error', () => outgoing.destroy());
		incoming.pipe(passed);
	});
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const stop = () =>
		new Promise<void>((done) => {
			server.close(() => done());
			server.closeAllConnections();
		});
	return { url, broken: () => broken, stop };
}
