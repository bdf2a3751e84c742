import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asTaskId } from '@errand/core/domain/ids.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFailed, test } from 'vitest';
import { browserPath } from '../harness/browser.ts';
import { type LoopbackSite, serveSite } from '../harness/loopback-site.ts';
import { browsersAmong, eventually, processesUnder, stillThere } from '../harness/process-tree.ts';
import { startCutProxy } from '../support/cut-proxy.ts';
import { JobDesk } from './support/job-desk.ts';
import { MAY_STARVE } from './support/may-starve.ts';
import { type OwnPlace, ownPlace } from './support/own-place.ts';
import { startWorkerProcess, type WorkerProcess } from './support/worker-process.ts';

const html = (body: string) => ({ type: 'text/html', body });
let site: LoopbackSite;
beforeAll(async () => {
	site = await serveSite({
		'/login': html(
			'<title>Login</title><script>document.cookie = "who=ann; Max-Age=3600"; localStorage.setItem("role", "owner");' +
				'const r = indexedDB.open("db"); r.onupgradeneeded = () => r.result.createObjectStore("s").put("deep", "k");' +
				'const visits = 1 + Number(sessionStorage.getItem("visits")); sessionStorage.setItem("visits", visits);' +
				'r.onsuccess = () => { document.body.textContent = "logged in, visit " + visits; };</script><body>',
		),
		'/who': html(
			'<title>Who</title><body><script>const show = (deep) => { document.body.textContent = ["I am", document.cookie, localStorage.getItem("role"), deep].join(" "); };' +
				'const r = indexedDB.open("db"); r.onsuccess = () => { try { const g = r.result.transaction("s").objectStore("s").get("k"); g.onsuccess = () => show(g.result); } catch { show("nothing"); } };</script>',
		),
		'/hang': () => undefined,
	});
});
afterAll(() => site?.stop());

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

async function startWorker(name: string, redisUrl = place.redisUrl): Promise<WorkerProcess> {
	const worker = await startWorkerProcess({
		...{ dataDir, name, redisUrl, cluster: place.cluster },
		args: ['--capabilities', 'browser.visit', '--concurrency', '3'],
		env: { ERRAND_ALLOW_PRIVATE_HOSTS: site.host },
	});
	workers.push(worker);
	onTestFailed(() => console.error(name, worker.output()));
	await desk.worker(({ pid }) => pid === worker.pid);
	return worker;
}

const login = (task: string, step = 'login') =>
	desk.run(task, step, {
		capability: 'browser.visit',
		input: { url: `${site.origin}/login`, steps: [{ do: 'wait', text: 'logged in' }] },
	});
const who = (task: string, step = 'who') =>
	desk.run(task, step, {
		capability: 'browser.visit',
		input: { url: `${site.origin}/who`, steps: [{ do: 'wait', text: 'I am' }] },
	});
const LOGGED_IN = { kind: 'completed', output: { text: expect.stringContaining('I am who=ann owner deep') } };
const nameOf = (worker: string | undefined) => worker?.split('-')[0];

describe.skipIf(browserPath === undefined)('the browser of a task', () => {
	test('moves to another worker with all it remembered when its own is killed', async () => {
		const one = await startWorker('one');
		const first = await login('t');
		expect(first.outcome).toMatchObject({ kind: 'completed' });
		await startWorker('two');
		const left = await processesUnder(one.pid);
		expect((await browsersAmong(left)).size).toBeGreaterThan(0);
		await one.kill();
		// Without an address: it goes on where the other worker's step ended.
		const further = await desk.run('t', 'further', {
			...{ capability: 'browser.visit', input: { steps: [{ do: 'wait', text: 'logged in' }] } },
		});
		expect(further.outcome).toMatchObject({
			output: { url: `${site.origin}/login`, text: expect.stringContaining('logged in, visit 2') },
		});
		const second = await who('t');
		expect(second.outcome).toMatchObject(LOGGED_IN);
		expect(nameOf(second.starts.at(-1)?.worker)).toBe('two');
		expect(nameOf(await desk.pool.workerOf(asTaskId('t')))).toBe('two');
		await eventually(async () => (await stillThere(left)).length === 0, { describe: () => stillThere(left) });
		const other = await who('other');
		expect(other.outcome).toMatchObject({ output: { text: expect.stringContaining('nothing') } });

		await Promise.all([desk.pool.closeAll(asTaskId('t')), desk.pool.closeAll(asTaskId('other'))]);
		expect(await desk.sessionKeys(asTaskId('t'))).toEqual([]);
		await eventually(async () => (await desk.sessionKeys()).length === 0, { describe: () => desk.sessionKeys() });
		// What the killed one left on its machine goes when the next one starts there.
		expect(await readdir(join(one.localDir, 'workers'))).not.toEqual([]);
		const next = await startWorkerProcess({ dataDir, name: 'one', redisUrl: place.redisUrl, cluster: place.cluster });
		workers.push(next);
		await desk.worker(({ pid }) => pid === next.pid);
		await expect.poll(() => readdir(join(one.localDir, 'workers'))).toHaveLength(1);
	});

	test('stays where it is while its worker lives', MAY_STARVE, async () => {
		await Promise.all([startWorker('one'), startWorker('two')]);
		const first = await login('t');
		const at = first.starts.at(-1)?.worker;
		expect(await desk.pool.workerOf(asTaskId('t'))).toBe(at);
		for (const step of ['a', 'b', 'c', 'd']) {
			const next = await who('t', step);
			expect(next.outcome).toMatchObject(LOGGED_IN);
			expect(next.starts.map(({ worker }) => worker)).toEqual([at]);
		}
		await desk.worker(({ worker, sessions }) => worker === at && sessions.join() === 't');
	});

	test('is with one worker alone, though steps of the task begin on several at once', async () => {
		await Promise.all([startWorker('one'), startWorker('two'), startWorker('three')]);
		const steps = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((step) => login('t', step)));
		const at = await desk.pool.workerOf(asTaskId('t'));
		for (const { outcome, starts } of steps) {
			expect(outcome).toMatchObject({ kind: 'completed' });
			expect(starts.at(-1)?.worker).toBe(at);
		}
	});

	test('is given on at once by a worker that drains', async () => {
		const one = await startWorker('one');
		await login('t');
		await startWorker('two');
		expect(await one.stop()).toBe(0);
		expect(await desk.pool.workerOf(asTaskId('t'))).toBeUndefined();
		const second = await who('t');
		expect(second.outcome).toMatchObject(LOGGED_IN);
		expect(await readdir(join(one.localDir, 'workers'))).toEqual([]);
	});

	test('is closed by a worker that is cut off, before another one opens it', MAY_STARVE, async () => {
		const proxy = await startCutProxy(place.redisUrl);
		const one = await startWorker('one', proxy.url);
		await login('t');
		const asked = site.asked.length;
		const hanging = desk.run('t', 'hang', {
			capability: 'browser.visit',
			timeoutMs: 3_000,
			input: { url: `${site.origin}/hang` },
		});
		await eventually(async () => site.asked.length > asked && site.asked.includes('/hang', asked));
		await startWorker('two');
		const browsers = [...(await browsersAmong(await processesUnder(one.pid))).values()];
		expect(browsers.length).toBeGreaterThan(0);
		proxy.halfOpen();
		const second = await who('t');
		// The other one has begun, so this one is done with.
		expect(await stillThere(browsers)).toEqual([]);
		expect(second.outcome).toMatchObject(LOGGED_IN);
		expect(nameOf(second.starts.at(-1)?.worker)).toBe('two');
		proxy.heal();
		const { outcome, starts } = await hanging;
		expect(outcome).toMatchObject({ kind: 'failed', failure: { kind: 'timed-out' } });
		expect(nameOf(starts.at(-1)?.worker)).toBe('two');
		expect(one.running()).toBe(true);
		await proxy.close();
	});
});
