import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '@errand/core/domain/json.ts';
import { startTestServer, type TestServer, TOKEN } from '@errand/gateway/http/fixture/test-server.ts';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { type InProcessErrand, inline, startInProcess } from '../harness/in-process-errand.ts';

const OWNER = { person: 'owner', role: 'owner' } as const;
const shout = inline('test.shout', async (input) => ({ text: (input as { text: string }).text.toUpperCase() }), {
	input: z.object({ text: z.string() }),
	output: z.object({ text: z.string() }),
});

function text(title: string, more = ''): string {
	return `# Says it loudly\nname: shout\ntitle: ${title}\ninput:\n  type: object\n  properties:\n    text: { type: string, examples: [hello] }\n  required: [text]\nsteps:\n  - id: loud # the only step\n    use: test.shout\n    with: { text: "\${input.text}" }\n${more}`;
}

let folder: string;
let errand: InProcessErrand;
let server: TestServer;

// The real desk, behind the real routes.
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'errand-workflow-files-'));
	errand = await startInProcess({ catalogue: [shout], workflowsDir: folder });
	const { tasks, workflows } = errand.orchestrator;
	server = await startTestServer({ desks: { tasks, workflows: workflows.desk } });
});
afterAll(async () => {
	await server?.stop();
	await errand?.stop();
	await rm(folder, { recursive: true, force: true });
});

async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
	const response = await server.call(method, `/v1/workflows${path}`, body, headers);
	const said = await response.text();
	return { status: response.status, json: (said === '' ? {} : JSON.parse(said)) as JsonObject };
}

describe('workflows over HTTP', () => {
	it('are checked, saved, shown, run, counted and removed', async () => {
		expect((await ask('POST', '/check', { text: 'name: x\nsteps:\n  - use: test.shot\n' })).json).toMatchObject({
			ok: false,
			problems: [{ message: expect.stringContaining('test.shot') }],
		});
		expect((await ask('PUT', '/shout', { text: text('Shout') })).json).toEqual({ name: 'shout', version: 1 });
		expect((await ask('PUT', '/shout', { text: text('Shout!') })).json).toMatchObject({ code: 'version-conflict' });
		expect((await ask('PUT', '/other', { text: text('Shout') })).json).toMatchObject({ code: 'invalid-workflow' });
		const yaml = await fetch(`${server.url}/v1/workflows/shout?baseVersion=1&shared=true`, {
			method: 'PUT',
			headers: { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/yaml' },
			body: text('Shout!'),
		});
		expect(await yaml.json()).toEqual({ name: 'shout', version: 2 });
		expect((await ask('GET', '/shout')).json).toMatchObject({
			...{ title: 'Shout!', version: 2, origin: 'saved', shared: true, enabled: true, problems: [] },
			...{ text: text('Shout!'), steps: [{ id: 'loud' }], versions: [{ version: 2 }, { version: 1 }] },
		});
		const ran = await ask('POST', '/shout/run', { input: { text: 'hello' }, wait: 30 });
		expect(ran).toMatchObject({ status: 200, json: { status: 'done', output: { text: 'HELLO' } } });
		expect((await ask('POST', '/shout/run', { input: {} })).json).toMatchObject({ code: 'invalid-input' });
		const twice = async () =>
			(await ask('POST', '/shout/run', { input: { text: 'x' } }, { 'Idempotency-Key': 'once' })).json['id'];
		expect(await twice()).toBe(await twice());
		const task = await server.call('POST', '/v1/tasks', { workflow: 'shout', input: { text: 'y' } });
		const { id } = (await task.json()) as { id: string };
		await vi.waitFor(async () => {
			const view = (await (await server.call('GET', `/v1/tasks/${id}`)).json()) as JsonObject;
			expect(view).toMatchObject({ status: 'done', goal: 'Run "Shout!" (text: y)', plan: { by: 'workflow:shout@2' } });
			expect((await ask('GET', '/shout/stats')).json).toMatchObject({
				runs: 3,
				done: 3,
				steps: [{ id: 'loud', runs: 3 }],
			});
		}, 20_000);
		expect((await ask('POST', '/shout/enabled', { enabled: false })).status).toBe(204);
		expect((await ask('POST', '/shout/run', { input: { text: 'x' } })).json).toMatchObject({ code: 'not-possible' });
		expect((await ask('DELETE', '/shout')).status).toBe(204);
		expect((await ask('GET', '/shout')).status).toBe(404);
	});

	it('are edited in a designer without losing comments', async () => {
		const checked = (await ask('POST', '/check', { text: text('Shout') })).json;
		const definition = { ...(checked['definition'] as JsonObject), title: 'Louder' };
		const merged = (await ask('POST', '/merge', { text: text('Shout'), definition })).json['text'];
		expect(merged).toContain('title: Louder');
		expect(merged).toContain('# Says it loudly');
		expect(merged).toContain('# the only step');
		expect((await ask('GET', '/schema')).json).toMatchObject({ properties: { steps: expect.anything() } });
	});

	it('go to another installation and back as a signed file', async () => {
		await ask('PUT', '/shout', { text: text('Shout') });
		const file = (await ask('POST', '/export', { names: ['shout'] })).json;
		expect(file).toMatchObject({
			format: 'errand-workflows',
			workflows: [{ name: 'shout', requires: ['test.shout'] }],
		});
		await ask('DELETE', '/shout');
		expect((await ask('POST', '/import', { file })).json).toMatchObject({
			names: ['shout'],
			trusted: true,
			missing: [],
		});
		const changed = JSON.stringify(file).replace('test.shout', 'test.shutt');
		expect((await ask('POST', '/import', { file: changed, trust: true })).json).toMatchObject({
			code: 'invalid-signature',
		});
		expect((await ask('GET', '/shout')).json).toMatchObject({ origin: 'saved' });
		await ask('DELETE', '/shout');
	});

	it('are learned from a finished task, and suggested for a goal like it', async () => {
		const step = { id: 's1', title: 'Shout', capability: 'test.shout', input: { text: 'good morning' } };
		const plan = [{ ...step, dependsOn: [], essential: true }];
		const submitted = await server.call('POST', '/v1/tasks', { goal: 'Say "good morning" loudly to everybody', plan });
		const { id } = (await submitted.json()) as { id: string };
		await vi.waitFor(async () => {
			const draft = await ask('POST', '/from-task', { task: id });
			expect(draft.json).toMatchObject({ name: 'say-loudly-everybody', parameters: ['text'] });
		}, 20_000);
		const { text: learned } = (await ask('POST', '/from-task', { task: id })).json;
		expect((await ask('PUT', '/say-loudly-everybody', { text: learned, learnedFrom: id })).status).toBe(200);
		expect((await ask('GET', '/say-loudly-everybody')).json).toMatchObject({ origin: 'learned' });
		const goal = 'Say "good night" loudly to everybody';
		const suggested = (await ask('POST', '/suggest', { goal })).json['suggestions'] as JsonObject[];
		expect(suggested).toMatchObject([{ name: 'say-loudly-everybody', input: { text: 'good night' } }]);
		const input = suggested[0]?.['input'];
		const ran = await ask('POST', '/say-loudly-everybody/run', { input, wait: 30 });
		expect(ran.json).toMatchObject({ status: 'done', output: { text: 'GOOD NIGHT' } });
	});
});

describe('workflows in files', () => {
	it('are there when the file is, changed when it is, and as they were while it is broken', async () => {
		const titles = async () => (await ask('GET', '/shout')).json['title'];
		await writeFile(join(folder, 'shout.yaml'), text('From a file'));
		await vi.waitFor(async () => expect(await titles()).toBe('From a file'), 20_000);
		await writeFile(join(folder, 'shout.yaml'), text('Changed'));
		await vi.waitFor(async () => expect(await titles()).toBe('Changed'), 20_000);
		await writeFile(join(folder, 'shout.yaml'), text('Broken', '  - use: [\n'));
		await vi.waitFor(async () => {
			const { json } = await ask('GET', '/shout');
			expect(json['title']).toBe('Changed');
			expect((json['problems'] as JsonObject[])[1]).toMatchObject({
				line: expect.any(Number),
				column: expect.any(Number),
			});
		}, 20_000);
	});
});

describe('workflows in a chat', () => {
	it('are listed, shown, run with parameters, and made of tasks', async () => {
		await writeFile(join(folder, 'shout.yaml'), text('Shout'));
		await vi.waitFor(async () => {
			expect((await errand.orchestrator.workflows.desk.get(OWNER as never, 'shout')).title).toBe('Shout');
		}, 20_000);
		const reply = async (words: string, fits: RegExp) => {
			await errand.say(words);
			return (await errand.heard(({ text: said }) => fits.test(said))).text;
		};
		expect(await reply('/workflows', /- \*\*shout\*\*/)).toContain('Shout');
		expect(await reply('/workflow shout', /It takes:/)).toContain('/run shout text=hello');
		expect(await reply('/run shout', /needs to know more/)).toContain('`/run shout text=hello`');
		await reply('/run shout good morning', /runs\. `\/status`/);
		expect(await reply('/run nothing', /There is no workflow/)).toContain('nothing');
		await errand.heard(({ text: said }) => /GOOD MORNING/.test(said));
		expect(await reply('/run 5.2', /backlog/i)).toContain('backlog');
		expect(await reply('/save 1 as loud', /already/)).toContain('run of the workflow "shout"');
	});
});
