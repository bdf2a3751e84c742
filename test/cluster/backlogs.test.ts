import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { type MisbehavingModel, type Misdeed, says, startMisbehavingModel } from '../harness/misbehaving-model.ts';
import { eventually } from '../harness/process-tree.ts';
import { type ClusterErrand, startCluster } from './support/cluster-errand.ts';
import { sql } from './support/open-new-history.ts';
import { ownPlace } from './support/own-place.ts';

const SEEDED = 40;
/** Of each of four clients: 10 new tasks, 10 statuses, 5 subtasks. */
const CHANGES = 25;

interface Kept {
	readonly id: number;
	readonly title: string;
	readonly status: string;
	readonly priority: string;
	readonly dependencies: readonly number[];
	readonly subtasks: readonly { readonly id: number; readonly title: string }[];
}

/** A model that thinks for a moment before each reply. */
const slowly: Misdeed = async (call) => {
	await wait(400);
	if (!call.response.destroyed) await says(call);
};

describe('one project at two gateways', () => {
	let root: string;
	let path: string;
	let model: MisbehavingModel;
	let databaseUrl: string;
	let cluster: ClusterErrand;
	const clients: Client[] = [];

	beforeAll(async () => {
		root = await mkdtemp(join(tmpdir(), 'errand-backlogs-'));
		path = join(root, '.taskmaster/tasks/tasks.json');
		await mkdir(join(root, '.taskmaster/tasks'), { recursive: true });
		await writeFile(path, JSON.stringify({ master: { tasks: Array.from({ length: SEEDED }, (_, n) => task(n + 1)) } }));
		model = await startMisbehavingModel({ slow: slowly });
		const place = await ownPlace();
		databaseUrl = place.databaseUrl;
		cluster = await startCluster({
			...{ postgresUrl: databaseUrl, redisUrl: place.redisUrl, cluster: place.cluster, workers: 1 },
			// Workers have no keys.
			envOf: { gateway: model.env },
		});
		for (let n = 0; n < 4; n++) clients.push(await connected(n % 2, n < 2 ? 'legacy' : { pin: '2026-07-28' }));
	});
	afterAll(async () => {
		await Promise.all(clients.map((client) => client.close()));
		await cluster?.dispose();
		await model?.stop();
		await rm(root, { recursive: true, force: true });
	});

	async function connected(gateway: number, mode: 'legacy' | { pin: string }): Promise<Client> {
		const client = new Client({ name: 'editor', version: '1' }, { versionNegotiation: { mode } });
		const requestInit = { headers: { Authorization: `Bearer ${cluster.token}` } };
		await client.connect(
			new StreamableHTTPClientTransport(new URL(`${cluster.gateway(gateway).url}/mcp`), { requestInit }),
		);
		return client;
	}
	/** Calls a tool as one of four clients: 0 and 2 at one gateway, 1 and 3 at the other. */
	async function tool<T = Record<string, unknown>>(client: number, name: string, args: object = {}): Promise<T> {
		const answer = await clients[client]?.callTool({ name, arguments: { projectRoot: root, ...args } });
		if (answer === undefined || answer.isError === true) throw new Error(`${name}: ${JSON.stringify(answer?.content)}`);
		return (answer.structuredContent as { data: T }).data;
	}
	const inFile = async () => (JSON.parse(await readFile(path, 'utf8')) as { master: { tasks: Kept[] } }).master.tasks;
	const shown = async (client: number) =>
		(await tool<{ tasks: Kept[] }>(client, 'get_tasks', { withSubtasks: true, limit: 200 })).tasks;
	/** How often what others wrote was taken over. */
	const merges = async () => {
		const text = `SELECT 1 FROM errand.appends JOIN errand.streams ON streams.id = appends.stream
			WHERE kind = 'backlog' AND types LIKE '%FileMerged%'`;
		return (await sql(databaseUrl, text)).length;
	};

	it('keeps 100 changes that four clients make at once, and the file is whole at any moment', async () => {
		onTestFailed(() => console.error(cluster.outputs()));
		let over = false;
		const reading = (async () => {
			for (; !over; await wait(5)) await inFile();
		})();
		const changes = clients.flatMap((_, client) =>
			Array.from({ length: CHANGES }, (_, n) => {
				if (n < 10) return tool(client, 'add_task', { title: `New ${client}.${n}`, priority: 'high' });
				const id = String(client * 10 + (n % 10) + 1);
				if (n < 20) return tool(client, 'set_task_status', { id, status: 'done' });
				// All clients at the same task.
				return tool(client, 'add_subtask', { id: '1', title: `Part ${client}.${n}` });
			}),
		);
		await Promise.all(changes);
		over = true;
		await reading;

		const [here, there, kept] = await Promise.all([shown(0), shown(1), inFile()]);
		expect(kept.map(({ id }) => id)).toEqual(Array.from({ length: SEEDED + 40 }, (_, n) => n + 1));
		const titles = kept.slice(SEEDED).map(({ title }) => title);
		expect(titles.toSorted()).toEqual(
			clients.flatMap((_, client) => Array.from({ length: 10 }, (_, n) => `New ${client}.${n}`)).toSorted(),
		);
		// Its new subtasks are not done, so the first task is not either.
		expect(kept.slice(1, SEEDED).map(({ status }) => status)).toEqual(Array(SEEDED - 1).fill('done'));
		const [first] = kept;
		expect(first?.subtasks.map(({ id }) => id)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
		expect(new Set(first?.subtasks.map(({ title }) => title)).size).toBe(20);
		expect(kept.every(({ id, dependencies }) => dependencies.every((one) => typeof one === 'number' && one < id))).toBe(
			true,
		);
		for (const seen of [here, there]) {
			expect(seen.map(({ id, title, status }) => [id, title, status])).toEqual(
				kept.map(({ id, title, status }) => [id, title, status]),
			);
		}
	});

	it('takes over once what others write into the file, and tells whoever watches once', async () => {
		onTestFailed(() => console.error(cluster.outputs()));
		await tool(0, 'watch_task', { id: '41' });
		const [before, mergesBefore] = await Promise.all([inFile(), merges()]);
		const edited = before.map((one) => (one.id === 41 ? { ...one, title: 'By hand', status: 'review' } : one));
		await writeFile(path, JSON.stringify({ master: { tasks: [...edited, task(500)] } }));
		const all = await Promise.all([0, 1, 2, 3].map((client) => shown(client)));
		for (const seen of all) {
			expect(seen.filter(({ id }) => id === 500)).toHaveLength(1);
			expect(seen.find(({ id }) => id === 41)).toMatchObject({ title: 'By hand', status: 'review' });
			expect(seen).toHaveLength(before.length + 1);
		}
		expect(await merges()).toBe(mergesBefore + 1);
		await tool(1, 'set_task_status', { id: '41', status: 'done' });
		const notices = async () => {
			const response = await cluster.gateway(1).call('GET', '/v1/conversations/web-owner/messages');
			const { entries } = (await response.json()) as { entries: { kind: string; reply?: { text: string } }[] };
			return entries.flatMap(({ reply }) => (reply?.text.includes('41') === true ? [reply.text] : []));
		};
		await eventually(async () => (await notices()).length >= 2, { describe: notices });
		await wait(500);
		expect(await notices()).toHaveLength(2);
		expect((await inFile()).find(({ id }) => id === 41)).toMatchObject({ title: 'By hand', status: 'done' });
	});

	it('shows work that was begun at one gateway at the other, where it can be cancelled', async () => {
		onTestFailed(() => console.error(cluster.outputs()));
		await tool(0, 'add_tag', { name: 'slow' });
		await tool(0, 'use_tag', { name: 'slow' });
		for (let n = 0; n < 12; n++) {
			await tool(n % 4, 'add_task', { title: `Slow ${n}`, details: 'case-slow\n- It must go\n- It must stop' });
		}
		const { operationId } = await tool<{ operationId: string }>(0, 'expand_all', { async: true });
		expect(await tool(1, 'operation_status', { operationId })).toMatchObject({ status: 'in_progress' });
		await eventually(async () => model.requests('slow') > 0);
		expect(await tool(3, 'operation_cancel', { operationId })).toMatchObject({ status: 'cancelled' });
		expect(await tool(0, 'operation_status', { operationId })).toMatchObject({ status: 'cancelled' });
		const [here, there] = await Promise.all([shown(0), shown(1)]);
		expect(there).toEqual(here);
		expect(here.some(({ subtasks }) => subtasks.length === 0)).toBe(true);
		// What was finished is kept once.
		for (const { subtasks } of here) expect(new Set(subtasks.map(({ id }) => id)).size).toBe(subtasks.length);
		await eventually(async () => model.open() === 0);
	});
});

function task(id: number) {
	const texts = { description: `About ${id}`, details: '', testStrategy: '' };
	return {
		...{ id, title: `Task ${id}`, ...texts, status: 'pending', priority: 'medium', subtasks: [] },
		dependencies: id % 5 === 0 && id > 1 && id <= SEEDED ? [id - 1] : [],
	};
}
