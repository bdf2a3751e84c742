import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { type ClusterErrand, startCluster } from '../cluster/support/cluster-errand.ts';
import { ownPlace } from '../cluster/support/own-place.ts';
import type { ErrandCalls } from '../harness/errand-calls.ts';
import { type ErrandProcess, startErrand } from '../harness/errand-process.ts';
import { type MisbehavingModel, type Misdeed, says, startMisbehavingModel } from '../harness/misbehaving-model.ts';
import { eventually } from '../harness/process-tree.ts';
import { serversMissing } from '../support/servers-missing.ts';

const TITLES = ['Menu', 'Orders', 'Kitchen', 'Bills', 'Tables', 'Stock', 'Guests', 'Hours'];
/** Each heading has as many demands as an item gets parts. */
const DOCUMENT = `# Restaurant, case-slow\n\n## Features\n\n${TITLES.map(
	(title) =>
		`### ${title}\n\nFor case-slow.\n\n- It must be quick, case-slow\n- It should be shown to guests\n- It may wait\n`,
).join('\n')}`;

interface Ended {
	readonly status: string;
	readonly result?: { readonly method?: string; readonly expandedCount?: number; readonly failedCount?: number };
}

interface Shown {
	readonly id: number;
	readonly title: string;
	readonly subtasks: readonly { readonly id: number; readonly title: string }[];
}

/** A model that takes its time with each reply. */
const slowly: Misdeed = async (call) => {
	await wait(500);
	if (!call.response.destroyed) await says(call);
};

let model: MisbehavingModel;
let root: string;
beforeAll(async () => {
	model = await startMisbehavingModel({ slow: slowly });
	root = await mkdtemp(join(tmpdir(), 'errand-killed-'));
});
afterAll(async () => {
	await model?.stop();
	await rm(root, { recursive: true, force: true });
});

async function project(name: string): Promise<string> {
	const folder = join(root, name);
	await mkdir(folder);
	await writeFile(join(folder, 'prd.md'), DOCUMENT);
	return folder;
}

async function tool<T>(errand: ErrandCalls, folder: string, name: string, args: object = {}): Promise<T> {
	const path = `/v1/backlogs/${encodeURIComponent(folder)}/call`;
	const response = await errand.call('POST', path, { tool: name, args, waitMs: 60_000 });
	const answer = (await response.json()) as T;
	if (!response.ok) throw new Error(`${name} answered ${response.status}: ${JSON.stringify(answer)}`);
	return answer;
}

/** Begins work, and resolves with its id while the model is at it. */
async function midway(errand: ErrandCalls, folder: string, name: string, args: object = {}): Promise<string> {
	const before = model.requests('slow');
	const { operationId } = await tool<{ operationId: string }>(errand, folder, name, { ...args, async: true });
	await eventually(async () => model.requests('slow') > before);
	return operationId;
}

/** Resolves once the model is asked again for work, or nothing is left to ask: replies may have come just before a kill. */
async function goesOn(errand: ErrandCalls, id: string, before: number): Promise<void> {
	await eventually(async () => {
		if (model.requests('slow') > before) return true;
		const response = await errand.call('GET', `/v1/operations/${id}`);
		return response.ok && ((await response.json()) as Ended).status !== 'in_progress';
	});
}

/** How work ended, as asked for anew each time. */
async function ended(errand: ErrandCalls, id: string): Promise<Ended> {
	let last: Ended = { status: 'unknown' };
	const ask = async () => {
		const response = await errand.call('GET', `/v1/operations/${id}`).catch(() => undefined);
		if (response?.ok !== true) return false;
		last = (await response.json()) as Ended;
		return last.status !== 'in_progress';
	};
	await eventually(ask, { limitMs: 60_000, describe: async () => last });
	return last;
}

async function isWhole(errand: ErrandCalls, folder: string, parts: number): Promise<void> {
	const { tasks } = await tool<{ tasks: Shown[] }>(errand, folder, 'get_tasks', { withSubtasks: true });
	expect(tasks.map(({ id, title }) => [id, title])).toEqual(TITLES.map((title, n) => [n + 1, title]));
	const ids = Array.from({ length: parts }, (_, n) => n + 1);
	for (const { subtasks } of tasks) expect(subtasks.map(({ id }) => id)).toEqual(ids);
	const file = JSON.parse(await readFile(join(folder, '.taskmaster/tasks/tasks.json'), 'utf8'));
	const kept = (file as { master: { tasks: Shown[] } }).master.tasks;
	expect(kept.map(({ title, subtasks }) => [title, subtasks.length])).toEqual(TITLES.map((title) => [title, parts]));
}

describe.skipIf(serversMissing() !== undefined)('work on a backlog in a cluster', () => {
	let cluster: ClusterErrand;
	let folder: string;
	beforeAll(async () => {
		folder = await project('cluster');
		const { databaseUrl: postgresUrl, redisUrl, cluster: name } = await ownPlace();
		cluster = await startCluster({
			...{ postgresUrl, redisUrl, cluster: name, workers: 2 },
			// Workers have no keys: they ask the gateways.
			envOf: { gateway: model.env },
			workerArgs: ['--concurrency', '2'],
		});
	});
	afterAll(() => cluster?.dispose());

	it('goes on where the gateway is killed that began it and has the model asked', async () => {
		onTestFailed(() => console.error(cluster.outputs()));
		const operation = await midway(cluster.gateway(0), folder, 'parse_prd', { input: 'prd.md' });
		await cluster.kill('gateway', 0);
		expect(await ended(cluster.gateway(1), operation)).toMatchObject({
			status: 'completed',
			result: { method: 'model' },
		});
		await isWhole(cluster.gateway(1), folder, 0);
		await cluster.restart('gateway', 0);
		await isWhole(cluster.gateway(0), folder, 0);
	});

	it('goes on where a worker is killed in the middle of it, and then a gateway: what was made is there once', async () => {
		onTestFailed(() => console.error(cluster.outputs()));
		const operation = await midway(cluster.gateway(1), folder, 'expand_all');
		const requests = model.requests('slow');
		await cluster.kill('worker', 0);
		await goesOn(cluster.gateway(1), operation, requests);
		await cluster.kill('gateway', 1);
		expect(await ended(cluster.gateway(0), operation)).toMatchObject({
			status: 'completed',
			result: { expandedCount: TITLES.length, failedCount: 0 },
		});
		await isWhole(cluster.gateway(0), folder, 3);
		await cluster.restart('gateway', 1);
		await isWhole(cluster.gateway(1), folder, 3);
		expect(await ended(cluster.gateway(1), operation)).toMatchObject({ status: 'completed' });
	});
});

describe('work on a backlog in one server', () => {
	let errand: ErrandProcess;
	const dataDir = () => join(root, 'data');
	afterAll(() => errand?.dispose());

	it('is completed once after the server was killed in the middle of it, again and again', async () => {
		const folder = await project('embedded');
		errand = await startErrand({ dataDir: dataDir(), env: model.env });
		await tool(errand, folder, 'parse_prd', { input: 'prd.md' });
		const operation = await midway(errand, folder, 'expand_all');
		for (let kill = 0; kill < 2; kill++) {
			await errand.kill();
			const requests = model.requests('slow');
			errand = await startErrand({ dataDir: dataDir(), env: model.env });
			if (kill === 0) await goesOn(errand, operation, requests);
		}
		expect(await ended(errand, operation)).toMatchObject({
			status: 'completed',
			result: { expandedCount: TITLES.length, failedCount: 0 },
		});
		await isWhole(errand, folder, 3);
		expect(await errand.stop()).toBe(0);
		errand = await startErrand({ dataDir: dataDir(), env: model.env });
		expect(await ended(errand, operation)).toMatchObject({ status: 'completed' });
		await isWhole(errand, folder, 3);
	});
});
