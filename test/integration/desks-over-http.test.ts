import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '@errand/core/domain/json.ts';
import { FakeClock } from '@errand/core/testing/fake-clock.ts';
import { openPeople } from '@errand/core/testing/open-people.ts';
import { startTestServer, type TestServer, TOKEN } from '@errand/gateway/http/fixture/test-server.ts';
import { catalogue } from '@errand/workers/catalogue.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type InProcessErrand, startInProcess } from '../harness/in-process-errand.ts';

const catalogueUrl = import.meta.resolve('@errand/workers/catalogue.ts');

let base: string;
let errand: InProcessErrand;
let server: TestServer;
let member: string;
let guest: string;

// The real desks, behind the real routes.
beforeAll(async () => {
	base = await realpath(await mkdtemp(join(tmpdir(), 'errand-desks-')));
	await Promise.all(
		['shared/shop', 'private/till', 'own', 'house'].map((path) => mkdir(join(base, path), { recursive: true })),
	);
	await symlink(join(base, 'shared'), join(base, 'link'));
	await symlink(join(base, 'private/till'), join(base, 'shared/leak'));
	const { desk: people } = openPeople({ clock: new FakeClock(), owners: [], forgetEverything: async () => 0 });
	people.view = async (id) => ({ id, role: 'owner', identities: [], tokens: [], preferences: { notify: {} } });
	errand = await startInProcess({
		catalogue,
		catalogueUrl,
		people,
		projects: [join(base, 'link'), join(base, 'away')],
	});
	const { backlogs, memories } = errand.orchestrator;
	server = await startTestServer({ desks: { backlogs: backlogs.desk, memory: memories.desk } });
	[member, guest] = await Promise.all([tokenOf('telegram:2', 'member'), tokenOf('telegram:3', 'guest')]);
});
afterAll(async () => {
	await server.stop();
	await errand.stop();
	await rm(base, { recursive: true, force: true });
});

async function tokenOf(identity: string, role: 'member' | 'guest'): Promise<string> {
	return (await server.people.desk.issueToken(await server.people.letIn(identity, role), 'test')).token;
}

async function ask(token: string, method: string, path: string, body?: unknown) {
	const response = await server.call(method, path, body, { Authorization: `Bearer ${token}` });
	const text = await response.text();
	return { status: response.status, json: (text === '' ? {} : JSON.parse(text)) as JsonObject };
}
const tool = (token: string, folder: string, name: string, args: JsonObject = {}) =>
	ask(token, 'POST', `/v1/backlogs/${encodeURIComponent(folder)}/call`, { tool: name, args });

describe('a backlog over HTTP', () => {
	it('is filled, shown in pages, followed and worked on', async () => {
		const own = join(base, 'own');
		for (const title of ['Basket', 'Checkout', 'Receipts']) {
			expect((await tool(TOKEN, own, 'add_task', { title })).status).toBe(200);
		}
		const { json } = await ask(TOKEN, 'GET', '/v1/backlogs');
		const [backlog] = json['backlogs'] as JsonObject[];
		expect(backlog).toMatchObject({ name: 'own', projectRoot: own, items: 3, done: 0 });
		const id = String(backlog?.['id']);
		const first = await ask(TOKEN, 'GET', `/v1/backlogs/${id}?limit=2`);
		expect(first.json).toMatchObject({ id, tag: 'master', tasks: [{ title: 'Basket' }, { title: 'Checkout' }] });
		const rest = await ask(TOKEN, 'GET', `/v1/backlogs/${id}?limit=2&cursor=${String(first.json['nextCursor'])}`);
		expect(rest.json).toMatchObject({ tasks: [{ title: 'Receipts' }] });

		const gone = new AbortController();
		const stream = await fetch(`${server.url}/v1/backlogs/${id}/changes`, {
			headers: { Authorization: `Bearer ${TOKEN}` },
			signal: gone.signal,
		});
		await tool(TOKEN, id, 'set_task_status', { id: '2', status: 'done' });
		const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
		let heard = '';
		while (!heard.includes('"status":"done"')) heard += (await reader?.read())?.value ?? '';
		expect(heard).toContain('event: change');
		gone.abort();

		await writeFile(join(own, 'prd.md'), '## Print\n\nThe till must print receipts.\n');
		const begun = await tool(TOKEN, id, 'parse_prd', { input: 'prd.md', append: true, async: true });
		const operation = String(begun.json['operationId']);
		for (;;) {
			const { json: view } = await ask(TOKEN, 'GET', `/v1/operations/${operation}`);
			if (view['status'] !== 'in_progress') break;
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
		expect((await ask(TOKEN, 'GET', `/v1/operations/${operation}`)).json).toMatchObject({ status: 'completed' });
		expect((await ask(TOKEN, 'POST', `/v1/operations/${operation}/cancel`)).json).toMatchObject({
			status: 'completed',
		});
		expect((await ask(TOKEN, 'GET', `/v1/backlogs/${id}`)).json).toMatchObject({ stats: { total: 4, completed: 1 } });
		expect((await ask(TOKEN, 'GET', `/v1/backlogs/${id}/work`)).json).toMatchObject({ operations: [], runs: [] });
		for (const path of [`/v1/backlogs/${id}`, `/v1/backlogs/${id}/work`, `/v1/operations/${operation}`]) {
			expect((await ask(member, 'GET', path)).status).toBe(404);
		}
	});

	it('refuses what is wrong in words', async () => {
		expect(await tool(TOKEN, join(base, 'own'), 'no_such_tool')).toMatchObject({
			status: 404,
			json: { code: 'not-found' },
		});
		expect(await tool(TOKEN, join(base, 'own'), 'set_task_status', { id: '1' })).toMatchObject({ status: 400 });
		expect(await tool(TOKEN, join(base, 'own'), 'get_task', { id: '99' })).toMatchObject({ status: 404 });
		expect(await tool(TOKEN, join(base, 'nowhere'), 'get_tasks')).toMatchObject({ status: 404 });
	});

	it('of a member is where the owner lets members have some, over links too, and nowhere else', async () => {
		const made = await tool(member, join(base, 'shared/shop'), 'add_task', { title: 'Paint the shop' });
		expect(made).toMatchObject({ status: 200, json: { taskId: 1 } });
		expect((await tool(member, join(base, 'link/shop'), 'get_task', { id: '1' })).json).toMatchObject({
			title: 'Paint the shop',
		});
		expect((await tool(member, join(base, 'shared'), 'get_tasks')).status).toBe(200);
		for (const path of ['private/till', 'shared/leak', 'link/../private/till', 'own', 'sharedness', 'nowhere']) {
			const { status, json } = await tool(member, `${base}/${path}`, 'get_tasks');
			expect([path, status, json['detail'] ?? json['message'], json['hint']]).toEqual([
				path,
				403,
				`You may not open the folder ${base}/${path}.`,
				'Ask the owner to list it in ERRAND_PROJECTS.',
			]);
		}
	});

	it('is nothing for guests, wherever it would be', async () => {
		for (const path of ['shared/shop', 'private/till']) {
			expect(await tool(guest, join(base, path), 'get_tasks')).toMatchObject({
				status: 403,
				json: { code: 'forbidden', hint: expect.stringContaining('role of a member') },
			});
		}
		expect((await ask(guest, 'GET', '/v1/backlogs')).json).toEqual({ backlogs: [] });
	});
});

describe('the memory over HTTP', () => {
	it('is listed, found by words, changed and forgotten, by its person alone', async () => {
		const said = await ask(TOKEN, 'POST', '/v1/memory', { text: 'I prefer aisle seats on trains.' });
		expect(said).toMatchObject({ status: 201, json: { kind: 'fact', text: 'I prefer aisle seats on trains.' } });
		await ask(TOKEN, 'POST', '/v1/memory', { text: 'My dog is called Bello.' });
		const id = String(said.json['id']);
		const page = await ask(TOKEN, 'GET', '/v1/memory?limit=1');
		expect(page.json).toMatchObject({ entries: [{ text: 'My dog is called Bello.' }], next: expect.any(String) });
		const older = await ask(TOKEN, 'GET', `/v1/memory?limit=1&before=${String(page.json['next'])}`);
		expect(older.json).toMatchObject({ entries: [{ id }] });
		const found = await ask(TOKEN, 'GET', '/v1/memory/search?q=aisle%20seats&limit=1');
		expect(found.json).toMatchObject({ found: [{ entry: { id } }] });
		expect((await ask(member, 'GET', '/v1/memory')).json).toMatchObject({ entries: [] });
		expect((await ask(member, 'PATCH', `/v1/memory/${id}`, { text: 'Mine now.' })).status).toBe(404);
		expect((await ask(TOKEN, 'PATCH', `/v1/memory/${id}`, { text: 'I prefer window seats.' })).json).toMatchObject({
			text: 'I prefer window seats.',
		});
		expect((await ask(TOKEN, 'POST', '/v1/memory', { text: '' })).status).toBe(400);
		expect((await ask(TOKEN, 'DELETE', `/v1/memory/${id}`)).status).toBe(204);
		expect((await ask(TOKEN, 'DELETE', `/v1/memory/${id}`)).status).toBe(404);
		expect((await ask(TOKEN, 'DELETE', '/v1/memory')).json).toEqual({ forgotten: 1 });
	});
});

describe('chat commands', () => {
	const said = async (text: string, ...parts: string[]) => {
		const before = new Set(errand.delivered.map(({ id }) => id));
		await errand.say(text);
		const reply = await errand.heard(({ id }) => !before.has(id));
		for (const part of parts) expect(reply.text).toContain(part);
	};

	it('show, tick off and watch what is in a backlog', async () => {
		await said('/backlog', 'You have no backlog yet');
		const ann = { person: 'ann', role: 'owner' } as never;
		const { desk } = errand.orchestrator.backlogs;
		for (const title of ['Order wood', 'Build the shelf']) {
			await desk.call(ann, { tool: 'add_task', args: { projectRoot: join(base, 'house'), title } });
		}
		await said('/backlog', '**house** – 0 of 2 done', 'Order wood');
		await said('/done', 'Which one?');
		await said('/done 99', 'no task 99');
		await said('/watch 2', 'You will be told when task 2 changes.');
		await said('/done #1', '1 of **house** is done.');
		await said('/done 2 nothing', 'You have no backlog “nothing”.');
		await errand.say('/done 2 house');
		await errand.heard(({ kind, text }) => kind === 'notice' && text.includes('Task 2') && text.includes('done'));
		await errand.heard(({ text }) => text === '2 of **house** is done.');
		await said('/next house');
	});

	it('remember, find again and forget what somebody said', async () => {
		await said('/memory', 'I remember nothing of you yet');
		await said('/remember I prefer aisle seats', 'Remembered, as entry 1');
		await said('/remember My dog is called Bello', 'Remembered, as entry 2');
		await said('/remember I prefer tea', 'Remembered, as entry 3');
		await said('/memory', 'aisle seats', 'Bello');
		await said('/memory dog', 'Bello');
		await said('/forget', 'What is to be forgotten?');
		await said('/forget prefer', 'Which one is to be forgotten?');
		await said('/forget dog Bello', 'Forgotten: entry 2');
		await said('/forget 1', 'Entry 1 is forgotten');
		await said('/forget all', 'Everything is forgotten: 1 in all.');
	});
});
