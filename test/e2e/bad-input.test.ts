import { join } from 'node:path';
import { createGzip, deflateRawSync } from 'node:zlib';
import { PDFDocument } from 'pdf-lib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ErrandProcess, startErrand } from '../harness/errand-process.ts';
import { type LoopbackSite, serveSite } from '../harness/loopback-site.ts';
import { zipOf } from '../harness/zip.ts';

let site: LoopbackSite;
let errand: ErrandProcess;

beforeAll(async () => {
	const scan = await PDFDocument.create();
	scan.addPage();
	site = await serveSite({
		'/endless': (_request, response) => {
			response.writeHead(200, { 'Content-Type': 'text/html' });
			const more = () => {
				while (response.write('<p>And so on, and so forth, without an end. '.repeat(2_000)));
			};
			response.on('drain', more);
			more();
		},
		'/gzip-bomb': (_request, response) => {
			response.writeHead(200, { 'Content-Type': 'text/html', 'Content-Encoding': 'gzip' });
			const gzip = createGzip();
			gzip.pipe(response);
			response.on('close', () => gzip.destroy());
			const zeros = Buffer.alloc(1_000_000);
			const more = (left: number): void => {
				if (left === 0 || gzip.destroyed) return void gzip.end();
				gzip.write(zeros, () => more(left - 1));
			};
			more(1_000);
		},
		'/bomb.docx': {
			type: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
			body: zipOf([
				{ name: '[Content_Types].xml', content: Buffer.from('<Types/>') },
				{ name: 'word/document.xml', content: Buffer.alloc(300_000_000), deflate: deflateRawSync },
			]),
		},
		'/scan.pdf': { type: 'application/pdf', body: await scan.save() },
		'/picture': { type: 'image/png', body: Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex') },
	});
	errand = await startErrand({
		entry: join(import.meta.dirname, '../harness/test-gateway.ts'),
		env: { ERRAND_ALLOW_PRIVATE_HOSTS: site.host },
	});
}, 60_000);
afterAll(async () => {
	await errand.dispose();
	await site.stop();
});
afterEach(async () => {
	// Whatever was thrown at it, it is alive and does its work.
	const id = await errand.submit({ goal: 'hello' });
	expect((await errand.settled(id)).status).toBe('done');
});

interface Problem {
	readonly status: number;
	readonly code: string;
	readonly detail: string;
	readonly hint: string;
}

async function refused(
	method: string,
	path: string,
	body?: unknown,
	headers?: Record<string, string>,
): Promise<Problem> {
	const response = await errand.call(method, path, body, headers);
	expect(response.headers.get('content-type')).toContain('application/problem+json');
	const problem = (await response.json()) as Problem;
	expect(problem.status).toBe(response.status);
	expect(problem.detail.length).toBeGreaterThan(10);
	expect(problem.hint.length).toBeGreaterThan(5);
	return problem;
}

const step = (change: Record<string, unknown>) => ({
	id: 'a',
	title: 'A',
	capability: 'test.noop',
	input: {},
	...change,
});

describe('a submission that cannot be taken is refused with what is wrong and what to do', () => {
	it.each([
		['an empty goal', { goal: '  ' }, 400, 'empty-goal'],
		['1 MB of text as goal', { goal: 'x'.repeat(1_000_000) }, 413, 'too-large'],
		['a goal of the wrong type', { goal: 42 }, 400, 'invalid-input'],
		['no goal', {}, 400, 'invalid-input'],
		[
			'200 attachments',
			{ goal: 'Read', attachments: Array.from({ length: 200 }, () => ({ url: 'https://example.org/' })) },
			413,
			'too-large',
		],
		[
			'an attachment that is no base64',
			{ goal: 'Read', attachments: [{ name: 'a', type: 'text/plain', base64: '***' }] },
			400,
			'invalid-input',
		],
		[
			'a plan with a cycle',
			{ goal: 'Go', plan: [step({ dependsOn: ['b'] }), step({ id: 'b', dependsOn: ['a'] })] },
			422,
			'invalid-plan',
		],
		['an unknown capability', { goal: 'Go', plan: [step({ capability: 'web.raed' })] }, 422, 'invalid-plan'],
		[
			'an input of the wrong type',
			{ goal: 'Go', plan: [step({ capability: 'web.read', input: { url: 7 } })] },
			422,
			'invalid-plan',
		],
	])('%s', async (_name, body, status, code) => {
		expect(await refused('POST', '/v1/tasks', body)).toMatchObject({ status, code });
	});
	it('names the capability that was probably meant', async () => {
		const { detail } = await refused('POST', '/v1/tasks', { goal: 'Go', plan: [step({ capability: 'web.raed' })] });
		expect(detail).toContain('web.read');
	});
	it('malformed JSON', async () => {
		expect(await refused('POST', '/v1/tasks', '{"goal": ')).toMatchObject({ status: 400, code: 'invalid-input' });
	});
	it('a body larger than any message', async () => {
		const body = JSON.stringify({
			goal: 'x',
			attachments: [{ name: 'a', type: 'text/plain', base64: 'A'.repeat(50_000_000) }],
		});
		expect(await refused('POST', '/v1/tasks', body)).toMatchObject({ status: 413, code: 'too-large' });
	});
	it('an unknown task', async () => {
		expect(await refused('GET', '/v1/tasks/nope')).toMatchObject({ status: 404, code: 'unknown-task' });
		expect(await refused('POST', '/v1/tasks/nope/cancel')).toMatchObject({ status: 404, code: 'unknown-task' });
	});
	it('a wrong token', async () => {
		expect(await refused('GET', '/v1/tasks', undefined, { Authorization: 'Bearer wrong' })).toMatchObject({
			status: 401,
		});
	});
	it('a foreign origin', async () => {
		expect(await refused('POST', '/v1/tasks', { goal: 'hello' }, { Origin: 'https://evil.example' })).toMatchObject({
			status: 403,
		});
	});
});

describe('an errand that cannot be done ends with what is wrong and what to do', () => {
	it.each([
		['a page that never ends', '/endless', 'too-large'],
		['a gzip bomb', '/gzip-bomb', 'too-large'],
		['a DOCX that is a zip bomb', '/bomb.docx', 'too-large'],
		['a PDF without text', '/scan.pdf', 'unreadable-document'],
		['a picture', '/picture', 'unsupported-type'],
		['a page that is not there', '/missing', 'not-found'],
	])('%s', async (_name, path, code) => {
		const id = await errand.submit({
			goal: 'Read',
			// As long as it takes: what is seen is what stops it.
			plan: [step({ capability: 'web.read', input: { url: site.origin + path }, timeoutMs: 100_000 })],
		});
		const task = await errand.settled(id);
		expect(task).toMatchObject({ status: 'failed', error: { code } });
		expect(task.error?.hint.length).toBeGreaterThan(5);
	});
	it('a step output of 50 MB', async () => {
		const id = await errand.submit({
			goal: 'Go',
			plan: [step({ capability: 'test.big', input: { bytes: 50_000_000 } })],
		});
		expect(await errand.settled(id)).toMatchObject({ status: 'failed', error: { code: 'too-large' } });
	});
	it('a binary attachment', async () => {
		const bytes = Buffer.from(Array.from({ length: 4_096 }, (_, index) => (index * 7_919) % 256));
		const attachments = [{ name: 'thing.bin', type: 'application/octet-stream', base64: bytes.toString('base64') }];
		const id = await errand.submit({ goal: 'Summarise this file', attachments });
		expect(await errand.settled(id)).toMatchObject({ status: 'failed', error: { code: 'unsupported-type' } });
	});
	it('keeps a large output as a file that can be fetched', async () => {
		const id = await errand.submit({ goal: 'Go', plan: [step({ capability: 'test.big', input: { bytes: 200_000 } })] });
		const task = await errand.settled(id);
		const artifact = task.plan.steps[0]?.output;
		expect(task.status).toBe('done');
		const file = await errand.call('GET', `/v1/artifacts/${artifact?.id}`);
		expect(((await file.json()) as { text: string }).text).toHaveLength(200_000);
	});
});
