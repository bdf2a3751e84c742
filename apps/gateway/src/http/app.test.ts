import { mkdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { asTaskId } from '@errand/core/domain/ids.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer, TOKEN } from './fixture/test-server.ts';
import { ProblemSchema } from './problem.ts';
import { TaskSchema } from './schemas/task.ts';

let server: TestServer;
beforeAll(async () => {
	server = await startTestServer();
});
afterAll(() => server.stop());

async function problem(response: Response) {
	expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
	const body = ProblemSchema.parse(await response.json());
	expect(body.status).toBe(response.status);
	expect(body.type).toBe(`urn:errand:problem:${body.code}`);
	expect(body.detail).not.toBe('');
	expect(body.hint).not.toBe('');
	return body;
}

const step = (over: object = {}) => ({ id: 's1', title: 'Read', capability: 'web.read', input: {}, ...over });

describe('submitting a task', () => {
	it('answers 202 with the id and where to find the task', async () => {
		const response = await server.call('POST', '/v1/tasks', { goal: 'Say hello' });
		expect(response.status).toBe(202);
		const { id } = (await response.json()) as { id: string };
		expect(response.headers.get('location')).toBe(`/v1/tasks/${id}`);
		const task = TaskSchema.parse(await (await server.call('GET', `/v1/tasks/${id}`)).json());
		expect(task).toMatchObject({ id, goal: 'Say hello', status: 'planning' });
	});

	it('gives the same task for the same Idempotency-Key', async () => {
		const submit = () => server.call('POST', '/v1/tasks', { goal: 'Once' }, { 'Idempotency-Key': 'k-1' });
		const first = await submit();
		const second = await submit();
		expect(await second.json()).toEqual(await first.json());
		expect(second.headers.get('idempotency-replayed')).toBe('true');
	});

	it('takes a plan as a list of steps or as an object with steps', async () => {
		for (const plan of [[step()], { steps: [step()] }]) {
			const response = await server.call('POST', '/v1/tasks', { goal: 'Planned', plan });
			const { id } = (await response.json()) as { id: string };
			expect(server.desk.request(asTaskId(id)).plan).toMatchObject([{ id: 's1', essential: true }]);
		}
	});

	it('decodes attachments once and passes addresses on', async () => {
		const attachments = [
			{ name: 'a.txt', type: 'text/plain', base64: Buffer.from('hello').toString('base64') },
			{ url: 'https://example.com/x' },
		];
		const response = await server.call('POST', '/v1/tasks', { goal: 'Read these', attachments });
		const { id } = (await response.json()) as { id: string };
		const [file, link] = server.desk.request(asTaskId(id)).attachments ?? [];
		expect(file?.kind === 'bytes' && Buffer.from(file.content).toString()).toBe('hello');
		expect(link).toEqual({ kind: 'url', url: 'https://example.com/x' });
	});
});

describe('bad input', () => {
	const file = (base64: string) => ({ name: 'x', type: 'text/plain', base64 });
	const cases: [string, unknown, number, string, string?][] = [
		['an empty goal', { goal: '  \n\u200b ' }, 400, 'empty-goal'],
		['a goal of one megabyte', { goal: 'x'.repeat(1_000_000) }, 413, 'too-large'],
		['binary data as a goal', { goal: `PK\u0003\u0000${'\uFFFD'.repeat(50)}` }, 400, 'invalid-input', 'goal'],
		['no goal', {}, 400, 'invalid-input', 'goal'],
		['a goal of the wrong type', { goal: 42 }, 400, 'invalid-input', 'goal'],
		['a field nobody knows', { goal: 'x', wish: 'w' }, 400, 'invalid-input', 'wish'],
		['a plan beside a workflow', { workflow: 'w', plan: [step()] }, 400, 'invalid-input', 'plan'],
		['an input without a workflow', { goal: 'x', input: {} }, 400, 'invalid-input', 'input'],
		['a workflow nobody has', { workflow: 'w' }, 404, 'unknown-workflow'],
		['a list instead of an object', ['x'], 400, 'invalid-input'],
		['200 attachments', { goal: 'x', attachments: Array(200).fill(file('aGk=')) }, 413, 'too-large'],
		['an attachment of 16 MB', { goal: 'x', attachments: [file('A'.repeat(22_400_000))] }, 413, 'too-large'],
		['base64 that is none', { goal: 'x', attachments: [file('a*b=')] }, 400, 'invalid-input', 'attachments[0].base64'],
		[
			'an address that is none',
			{ goal: 'x', attachments: [{ url: 'file:///etc/passwd' }] },
			400,
			'invalid-input',
			'attachments[0].url',
		],
		[
			'a file name with control characters',
			{ goal: 'x', attachments: [{ ...file('aGk='), name: 'a\r\nb' }] },
			400,
			'invalid-input',
		],
		[
			'a step without a capability',
			{ goal: 'x', plan: [step({ capability: undefined })] },
			400,
			'invalid-input',
			'plan[0].capability',
		],
		['a plan without steps', { goal: 'x', plan: [] }, 400, 'invalid-input'],
		['a deadline of the wrong type', { goal: 'x', deadline: 'soon' }, 400, 'invalid-input', 'deadline'],
	];
	it.each(cases)('refuses %s', async (_name, body, status, code, path) => {
		const response = await server.call('POST', '/v1/tasks', body);
		const said = await problem(response);
		expect(said).toMatchObject({ status, code, instance: '/v1/tasks' });
		if (path) expect(said.errors?.map((error) => error.path)).toContain(path);
	});

	it('names every problem of a body at once', async () => {
		const said = await problem(await server.call('POST', '/v1/tasks', { goal: 1, approve: 'yes', extra: true }));
		expect(said.errors?.map((error) => error.path).sort()).toEqual(['approve', 'extra', 'goal']);
	});

	it('refuses malformed JSON, a missing body and a body that is not JSON', async () => {
		expect(await problem(await server.call('POST', '/v1/tasks', '{"goal": '))).toMatchObject({
			status: 400,
			code: 'invalid-input',
		});
		expect(await problem(await server.call('POST', '/v1/tasks'))).toMatchObject({ status: 400, code: 'invalid-input' });
		const binary = await server.call('POST', '/v1/tasks', '\u0000\u0001', {
			'Content-Type': 'application/octet-stream',
		});
		expect(await problem(binary)).toMatchObject({ status: 415, code: 'unsupported-type' });
	});

	it('refuses a body of 40 MB', async () => {
		const response = await server.call('POST', '/v1/tasks', JSON.stringify({ goal: 'x'.repeat(40 * 1024 * 1024) }));
		expect(await problem(response)).toMatchObject({ status: 413, code: 'too-large' });
	});

	it('refuses JSON nested far deeper than a stack', async () => {
		const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
		const response = await server.call(
			'POST',
			'/v1/tasks',
			`{"goal":"x","plan":[{"id":"a","title":"t","capability":"c","input":${deep}}]}`,
		);
		expect(await problem(response)).toMatchObject({ status: 400 });
	});

	it('answers 404 for an unknown task in every call about one', async () => {
		const calls: [string, string, unknown?][] = [
			['GET', ''],
			['GET', '/events'],
			['GET', '/audit'],
			['POST', '/cancel'],
			['POST', '/events', { name: 'paid' }],
			['POST', '/retry'],
			['POST', '/input', { questionId: 'q', answer: 'a' }],
			['POST', '/approve', { questionId: 'q', decision: 'approve' }],
			['PATCH', '/plan', { baseVersion: 1, ops: [{ op: 'remove', step: { id: 's1' } }] }],
			['POST', '/steps/s1/skip'],
			['POST', '/steps/s1/retry'],
		];
		for (const [method, path, body] of calls) {
			const said = await problem(await server.call(method, `/v1/tasks/nope${path}`, body));
			expect(said).toMatchObject({ status: 404, code: 'unknown-task' });
		}
		const stream = await server.call('GET', '/v1/tasks/nope/events', undefined, { Accept: 'text/event-stream' });
		expect(await problem(stream)).toMatchObject({ status: 404, code: 'unknown-task' });
	});

	it('answers 404 for an unknown path and 405 for a wrong method', async () => {
		expect(await problem(await server.call('GET', '/v1/nothing'))).toMatchObject({ status: 404, code: 'not-found' });
		const response = await server.call('PUT', '/v1/tasks/t1');
		expect(response.headers.get('allow')).toBe('GET');
		expect(await problem(response)).toMatchObject({ status: 405, code: 'not-found' });
	});

	it('refuses a path that cannot be decoded and pages that are no numbers', async () => {
		expect(await problem(await server.call('GET', '/v1/tasks/%E0%A4%A'))).toMatchObject({ status: 400 });
		for (const query of ['limit=0', 'limit=x', 'before=-1', 'colour=red']) {
			expect(await problem(await server.call('GET', `/v1/tasks?${query}`))).toMatchObject({
				status: 400,
				code: 'invalid-input',
			});
		}
		expect(await problem(await server.call('GET', '/v1/tasks/t1/events?after=x'))).toMatchObject({ status: 400 });
	});

	it('survives requests that are not HTTP', async () => {
		const socket = connect(server.port, '127.0.0.1');
		socket.resume();
		socket.write('\x16\x03\x01\x02\x00\x01garbage\r\n\r\n');
		await new Promise((resolve) => socket.once('close', resolve));
		expect((await server.call('GET', '/healthz')).status).toBe(200);
	});

	it('takes the next task after all of that', async () => {
		expect((await server.call('POST', '/v1/tasks', { goal: 'Still there?' })).status).toBe(202);
	});
});

describe('steering', () => {
	it('cancels, retries, answers, approves, edits, skips and replays', async () => {
		const { id } = (await (await server.call('POST', '/v1/tasks', { goal: 'Steer me' })).json()) as { id: string };
		const path = `/v1/tasks/${id}`;
		expect(await problem(await server.call('POST', `${path}/retry`))).toMatchObject({
			status: 409,
			code: 'not-possible',
		});
		expect(await (await server.call('POST', `${path}/cancel`)).json()).toMatchObject({ status: 'cancelled' });
		expect(await (await server.call('POST', `${path}/retry`)).json()).toMatchObject({ status: 'running' });
		server.desk.calls.length = 0;
		await server.call('POST', `${path}/input`, { questionId: 'q1', answer: { any: ['json'] } });
		await server.call('POST', `${path}/approve`, { questionId: 'q2', decision: 'refuse' });
		await server.call('PATCH', `${path}/plan`, { baseVersion: 1, ops: [{ op: 'remove', step: { id: 's1' } }] });
		await server.call('POST', `${path}/steps/s1/skip`);
		await server.call('POST', `${path}/steps/s1/retry`);
		expect((await server.call('POST', '/v1/dead-letters/t1.s1/replay')).status).toBe(202);
		expect(server.desk.calls).toEqual([
			['answer', id, 'q1', { any: ['json'] }],
			['answer', id, 'q2', 'refuse'],
			['editPlan', id, [{ op: 'remove', step: { id: 's1' } }]],
			['skipStep', id, 's1'],
			['retryStep', id, 's1'],
			['replayDeadLetter', 't1.s1'],
		]);
		const stale = await server.call('PATCH', `${path}/plan`, {
			baseVersion: 7,
			ops: [{ op: 'remove', step: { id: 's1' } }],
		});
		expect(await problem(stale)).toMatchObject({ status: 409, code: 'version-conflict' });
	});

	it('pages through the list', async () => {
		const first = (await (await server.call('GET', '/v1/tasks?limit=2')).json()) as {
			tasks: { id: string }[];
			next: number;
		};
		const second = (await (await server.call('GET', `/v1/tasks?limit=2&before=${first.next}`)).json()) as typeof first;
		expect(new Set([...first.tasks, ...second.tasks].map((task) => task.id)).size).toBe(4);
	});

	it('exports the history line by line', async () => {
		const { id } = (await (await server.call('POST', '/v1/tasks', { goal: 'Audit me' })).json()) as { id: string };
		const response = await server.call('GET', `/v1/tasks/${id}/audit`);
		expect(response.headers.get('content-type')).toBe('application/jsonl; charset=utf-8');
		const lines = (await response.text()).split('\n');
		expect(lines.map((line) => line && JSON.parse(line))).toMatchObject([{ seq: 1 }, { head: true }, '']);
	});
});

describe('conversations', () => {
	it('takes a message once and reads it back with its reply', async () => {
		const say = () => server.call('POST', '/v1/conversations/web-owner-api/messages', { text: 'Hi', clientId: 'c1' });
		const first = await say();
		expect(first.status).toBe(202);
		expect(await (await say()).json()).toEqual(await first.json());
		const read = await server.call('GET', '/v1/conversations/web-owner-api/messages?after=0');
		expect(await read.json()).toMatchObject({ entries: [{ kind: 'message', text: 'Hi' }, { kind: 'reply' }] });
	});

	it('keeps people out of conversations of others', async () => {
		for (const id of ['web-ann', 'web-ownerx', 'web-owner-', 'discord-1', 'web-owner-a b']) {
			const path = `/v1/conversations/${encodeURIComponent(id)}/messages`;
			expect(await problem(await server.call('POST', path, { text: 'Hi', clientId: 'c' }))).toMatchObject({
				code: 'unknown-conversation',
			});
		}
		expect(await problem(await server.call('GET', '/v1/conversations/web-ann/messages'))).toMatchObject({
			status: 404,
		});
	});

	it('takes a file without words, but not nothing at all', async () => {
		const path = '/v1/conversations/web-owner/messages';
		const attachments = [{ name: 'a.txt', type: '', base64: 'aGk=' }];
		expect((await server.call('POST', path, { text: '', attachments, clientId: 'c2' })).status).toBe(202);
		expect(await problem(await server.call('POST', path, { text: ' ', clientId: 'c3' }))).toMatchObject({
			code: 'empty-goal',
		});
	});
});

// fetch adds `no-cache` to conditional requests, which asks for the whole file again.
function statusOf(path: string, headers: Record<string, string>): Promise<number | undefined> {
	return new Promise((resolve, reject) => {
		request(server.url + path, { headers: { Authorization: `Bearer ${TOKEN}`, ...headers } }, (response) => {
			response.resume();
			resolve(response.statusCode);
		})
			.on('error', reject)
			.end();
	});
}

describe('artifacts', () => {
	const get = (id: string, headers: Record<string, string> = {}, query = '') =>
		server.call('GET', `/v1/artifacts/${id}${query}`, undefined, headers);

	it('shows what is safe and saves what could run', async () => {
		const safe: [string, boolean][] = [
			['text/plain', true],
			['application/pdf', true],
			['image/png', true],
			['text/html', false],
			['image/svg+xml', false],
			['application/xhtml+xml', false],
			['text/javascript', false],
			['not a type', false],
		];
		for (const [type, inline] of safe) {
			const response = await get(await server.putFile('x', type, '<script>alert(1)</script>'));
			expect([type, response.headers.get('content-disposition')?.startsWith('inline')]).toEqual([type, inline]);
			expect(response.headers.get('x-content-type-options')).toBe('nosniff');
			expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
			if (type !== 'application/pdf') expect(response.headers.get('content-security-policy')).toContain('sandbox');
		}
		const saved = await get(await server.putFile('x', 'text/plain', 'x'), {}, '?download=1');
		expect(saved.headers.get('content-disposition')).toMatch(/^attachment/);
	});

	it('survives any file name', async () => {
		const names = [
			'a"b;c.txt',
			'../../etc/passwd',
			'naïve – café 🎉.pdf',
			"it's (1)*.txt",
			'x\r\nSet-Cookie: a=b',
			'\uD800',
			'%41',
		];
		for (const name of names) {
			const response = await get(await server.putFile(name, 'text/plain', 'x'));
			expect(response.status).toBe(200);
			expect(response.headers.get('set-cookie')).toBeNull();
			expect(response.headers.get('content-disposition')).toMatch(
				/^inline; filename="[^"\\/%]*"; filename\*=UTF-8''[\w.!#$&+^`|~%-]*$/,
			);
		}
	});

	it('answers ranges and unchanged files', async () => {
		const id = await server.putFile('x', 'text/plain', '0123456789');
		const whole = await get(id);
		const etag = whole.headers.get('etag') ?? '';
		expect(await statusOf(`/v1/artifacts/${id}`, { 'If-None-Match': etag })).toBe(304);
		const part = await get(id, { Range: 'bytes=2-4' });
		expect([part.status, await part.text()]).toEqual([206, '234']);
		expect((await get(id, { Range: 'bytes=99-' })).status).toBe(416);
	});

	it('hides files of others and files that are gone', async () => {
		expect(await problem(await get(await server.putFile('x', 'text/plain', 'x', 'ann')))).toMatchObject({
			status: 404,
			code: 'unknown-artifact',
		});
		expect(await problem(await get('none'))).toMatchObject({ status: 404, code: 'unknown-artifact' });
		expect(await problem(await get('..%2f..%2fetc%2fpasswd'))).toMatchObject({ status: 404 });
	});
});

describe('the rest of the system', () => {
	it('lists capabilities with their schemas, workers, people and dead letters', async () => {
		const read = async (path: string) => (await server.call('GET', path)).json();
		expect(await read('/v1/capabilities')).toMatchObject({
			capabilities: [{ name: 'text.count', timeoutMs: 30_000, input: { type: 'object', required: ['text'] } }],
		});
		expect(await read('/v1/workers')).toMatchObject({ workers: [{ state: 'WAITING' }, { state: 'ERROR' }] });
		expect(await read('/v1/people')).toMatchObject({ people: [{ id: 'owner', role: 'owner' }] });
		expect(await read('/v1/dead-letters')).toMatchObject({ deadLetters: [{ id: 't1.s1' }] });
	});

	it('answers probes without a token and metrics only with one', async () => {
		expect(await (await fetch(`${server.url}/healthz`)).json()).toEqual({ status: 'ok' });
		expect(await (await fetch(`${server.url}/readyz`)).json()).toMatchObject({ ready: true });
		expect((await fetch(`${server.url}/metrics`)).status).toBe(401);
		const metrics = await (await server.call('GET', '/metrics')).text();
		expect(metrics).toContain('errand_http_request_seconds_count{method="POST",route="/v1/tasks",status="202"}');
		expect(metrics).toContain('errand_http_refusals_total{code="empty-goal"}');
	});

	it('logs what was asked, but no query, token or word of a person', async () => {
		await server.call('POST', '/v1/tasks', { goal: 'A secret wish' });
		await fetch(`${server.url}/login?code=hidden-code`);
		const lines = JSON.stringify(server.logged);
		expect(server.logged.find((line) => line.fields['path'] === '/v1/tasks')?.fields).toMatchObject({
			method: 'POST',
			person: 'owner',
		});
		for (const secret of ['A secret wish', 'hidden-code', TOKEN]) expect(lines).not.toContain(secret);
	});

	it('says how to build the page while there is none, then serves it with a strict policy', async () => {
		const missing = await fetch(server.url);
		expect([missing.status, await missing.text()]).toEqual([503, expect.stringContaining('npm start')]);
		await mkdir(join(server.dir, 'page/assets'), { recursive: true });
		await writeFile(join(server.dir, 'page/index.html'), '<!doctype html><title>Errand</title>');
		await writeFile(join(server.dir, 'page/assets/app-1a2b.js'), 'export {}');
		for (const path of ['/', '/login']) {
			const page = await fetch(server.url + path);
			expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
			expect(page.headers.get('cache-control')).toBe('no-cache');
		}
		const asset = await fetch(`${server.url}/assets/app-1a2b.js`);
		expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
		expect(asset.headers.get('content-type')).toContain('javascript');
		expect((await fetch(`${server.url}/assets/%2e%2e/%2e%2e/sessions.json`)).status).toBe(404);
	});
});
