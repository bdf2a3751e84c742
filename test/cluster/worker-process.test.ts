import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFailed, test } from 'vitest';
import { serveSite } from '../harness/loopback-site.ts';
import { eventually } from '../harness/process-tree.ts';
import { JobDesk } from './support/job-desk.ts';
import { type OwnPlace, ownPlace } from './support/own-place.ts';
import { startWorkerProcess, type WorkerProcess } from './support/worker-process.ts';

let place: OwnPlace;
let dataDir: string;
let desk: JobDesk;
let workers: WorkerProcess[];
beforeEach(async () => {
	place = await ownPlace();
	dataDir = await mkdtemp(join(tmpdir(), 'errand-worker-'));
	desk = await JobDesk.open(place);
	workers = [];
});
afterEach(async () => {
	await Promise.all(workers.map((worker) => worker.kill()));
	await desk.close();
	await rm(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
});

async function start(name: string, args: readonly string[] = ['--concurrency', '2'], env: Record<string, string> = {}) {
	const worker = await startWorkerProcess({
		dataDir,
		name,
		args,
		env,
		redisUrl: place.redisUrl,
		cluster: place.cluster,
	});
	workers.push(worker);
	onTestFailed(() => console.error(name, worker.output()));
	return worker;
}
const DOCUMENT = { title: 'T', url: 'https://a.example/', kind: 'text', links: [], truncated: false, warnings: [] };
const registered = (worker: WorkerProcess) => desk.worker(({ pid }) => pid === worker.pid);
const compare = (task: string, step = 'step') =>
	desk.run(task, step, {
		capability: 'text.extract',
		input: { documents: [{ ...DOCUMENT, markdown: `It costs $5 on 2026-01-01, says ${task}.` }] },
	});

test('says every mistake of its environment and its command line at once, and exits', async () => {
	const worker = await start('bad', ['--capabilities', 'web.dream', '--concurrency', 'many'], {
		REDIS_URL: 'http://here',
		ERRAND_DRAIN_MS: 'soon',
		ERRAND_SECRET_KEY: 'my-little-secret',
	});
	expect(await worker.exited).toBe(1);
	for (const name of ['REDIS_URL', 'ERRAND_DRAIN_MS', 'ERRAND_SECRET_KEY', '"web.dream"', '"many"']) {
		expect(worker.output()).toContain(name);
	}
	expect(worker.output()).not.toContain('my-little-secret');
});

test('is on the list with what it can do, says how it is, and obeys', async () => {
	const worker = await start('one', [
		'--capabilities',
		'text.extract,web.read',
		'--concurrency',
		'3',
		'--pool',
		'readers',
	]);
	const seen = await registered(worker);
	expect(seen).toMatchObject({ pool: 'readers', slots: 3, paused: false, sessions: [] });
	expect(seen.worker).toMatch(/^one-\d+-[0-9a-f]{6}$/);
	expect(seen.capabilities.map(({ name, concurrency }) => `${name} ${concurrency}`).toSorted()).toEqual([
		'text.extract 3',
		'web.read 3',
	]);
	const get = async (path: string) => {
		const response = await fetch(`${worker.url}${path}`);
		return { status: response.status, text: await response.text() };
	};
	expect([(await get('/healthz')).status, (await get('/readyz')).status, (await get('/x')).status]).toEqual([
		200, 200, 404,
	]);
	expect((await compare('t1')).outcome.kind).toBe('completed');
	expect((await get('/metrics')).text).toContain(
		'errand_worker_runs_total{capability="text.extract",outcome="completed"} 1',
	);

	await desk.registry.order(seen.worker, 'pause');
	await desk.worker(({ worker: name, paused }) => name === seen.worker && paused);
	expect((await get('/readyz')).status).toBe(503);
	const waiting = compare('t2');
	const soon = new Promise((resolve) => setTimeout(resolve, 500, 'waits'));
	expect(await Promise.race([waiting, soon])).toBe('waits');
	await desk.registry.order(seen.worker, 'resume');
	expect((await waiting).outcome.kind).toBe('completed');

	await desk.registry.order(seen.worker, 'drain');
	expect(await worker.exited).toBe(0);
	await eventually(async () => desk.registry.list().length === 0);
});

test('one after the other is replaced under load, and no step is lost', async () => {
	const names = ['one', 'two'];
	let living = await Promise.all(names.map((name) => start(name)));
	await Promise.all(living.map(registered));
	let loaded = true;
	const ended: Awaited<ReturnType<typeof compare>>[] = [];
	const load = Promise.all(
		Array.from({ length: 6 }, async (_, lane) => {
			for (let n = 0; loaded; n++) ended.push(await compare(`t${lane}-${n}`));
		}),
	);
	for (const [index, old] of [...living.entries()]) {
		const fresh = await start(`${names[index]}-new`);
		await registered(fresh);
		expect(await old.stop()).toBe(0);
		living = [...living, fresh];
	}
	const before = ended.length;
	await eventually(async () => ended.length > before + 20, { limitMs: 40_000 });
	loaded = false;
	await load;
	expect(ended.length).toBeGreaterThan(20);
	expect(ended.filter(({ outcome }) => outcome.kind !== 'completed')).toEqual([]);
	// On a machine that is too busy a lock can run out, which the worker says; nothing else starts a step again.
	const outputs = workers.map((worker) => worker.output()).join('');
	const again = ended.filter(({ starts, losses }) => starts.length !== 1 || losses.length > 0);
	const unexplained = again.filter(
		({ starts }) => !outputs.includes(`"jobId":"${starts[0]?.job.id}","run":1,"event":"run lost"`),
	);
	expect(unexplained).toEqual([]);
	const by = new Set(ended.map(({ starts }) => starts[0]?.worker.replace(/-\d+-\w+$/, '')));
	expect([...by].toSorted()).toEqual(['one', 'one-new', 'two', 'two-new']);
});

test('gives back what does not end in time, and another worker runs it', async () => {
	const site = await serveSite({
		'/slow': (_request, response) => {
			if (site.asked.length > 1) response.writeHead(200, { 'Content-Type': 'text/plain' }).end('Here now.');
		},
	});
	const env = { ERRAND_ALLOW_PRIVATE_HOSTS: site.host };
	const patient = await start('patient', ['--concurrency', '2'], { ...env, ERRAND_DRAIN_MS: '300' });
	await registered(patient);
	const hanging = desk.run('t', 'read', {
		capability: 'web.read',
		timeoutMs: 50_000,
		input: { url: `${site.origin}/slow` },
	});
	await eventually(async () => site.asked.length > 0, { limitMs: 40_000 });
	const other = await start('other', ['--concurrency', '2'], env);
	await registered(other);
	expect(await patient.stop()).toBe(0);
	const { outcome, losses, starts } = await hanging;
	expect(outcome).toMatchObject({ kind: 'completed' });
	expect(losses).toEqual([{ kind: 'lost', cause: 'drained' }]);
	expect(starts.map(({ worker }) => worker.split('-')[0])).toEqual(['patient', 'other']);
	await site.stop();
});
