import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileResultCache } from '@errand/core/adapters/files/file-result-cache.ts';
import { openFileVault } from '@errand/core/adapters/files/file-vault.ts';
import { InProcessEventBus } from '@errand/core/adapters/in-process/in-process-event-bus.ts';
import { InProcessJobQueue } from '@errand/core/adapters/in-process/in-process-job-queue.ts';
import { SystemClock } from '@errand/core/adapters/in-process/system-clock.ts';
import type { Json } from '@errand/core/domain/json.ts';
import type { Job, RunOutcome, RunReport } from '@errand/core/ports/job-queue.ts';
import { aJob } from '@errand/core/testing/a-job.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { catalogue } from './children/fixture/catalogue.ts';
import { openWorkers, type Workers } from './open-workers.ts';

// Processes are slow to start on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
let dataDir: string;
let queue: InProcessJobQueue;
let bus: InProcessEventBus;
let workers: Workers;
let outcomes: Map<string, RunOutcome>;

beforeEach(async () => {
	dataDir = await mkdtemp(join(tmpdir(), 'errand-workers-'));
	queue = new InProcessJobQueue();
	bus = new InProcessEventBus(log);
	outcomes = new Map();
	workers = openWorkers({
		catalogue,
		catalogueUrl: new URL('./children/fixture/catalogue.ts', import.meta.url).href,
		dataDir,
		allowPrivateHosts: [],
		vault: await openFileVault({ path: join(dataDir, 'vault'), keyPath: join(dataDir, 'vault.key') }),
		cache: new FileResultCache({ folder: join(dataDir, 'results'), maxBytes: 1_000_000 }),
		queue,
		bus,
		clock: new SystemClock(),
		log,
	});
	workers.start({
		started: async () => true,
		ended: async ({ job }: RunReport, outcome: RunOutcome) => void outcomes.set(job.id, outcome),
	});
});
afterEach(async () => {
	await workers.stop({ drainMs: 0 });
	await rm(dataDir, { recursive: true, force: true });
});

async function run(task: string, capability: string, more: Partial<Job> = {}): Promise<RunOutcome | undefined> {
	await queue.enqueue(aJob(task, { capability, ...more }));
	return await ended(task);
}

async function ended(task: string): Promise<RunOutcome | undefined> {
	await vi.waitFor(() => expect(outcomes.has(`${task}.step.1`)).toBe(true), { timeout: 10_000, interval: 5 });
	return outcomes.get(`${task}.step.1`);
}

async function underWay(task: string, capability: string, input: Json = null): Promise<void> {
	const spoke = new Promise<void>((resolve) => {
		const stop = bus.subscribe('progress', ({ taskId }) => {
			if (taskId !== task) return;
			stop();
			resolve();
		});
	});
	await queue.enqueue(aJob(task, { capability, input }));
	await spoke;
}

test('stops an endless loop that is cancelled, and runs on', async () => {
	await underWay('loop', 'test.spin');
	await queue.cancel('loop.step.1');
	expect(await ended('loop')).toMatchObject({ kind: 'failed', failure: { kind: 'cancelled' } });
	expect(await run('next', 'test.echo', { input: 'next' })).toMatchObject({ kind: 'completed', output: 'next' });
});

test('stops an endless loop that takes too long', async () => {
	expect(await run('loop', 'test.spin', { timeoutMs: 400 })).toMatchObject({
		kind: 'failed',
		failure: { kind: 'timed-out', code: 'timed-out' },
	});
});

test('computes nothing twice that the same person had computed before', async () => {
	const trace = join(dataDir, 'trace');
	const computed = { kind: 'completed', output: 'computed' };
	expect(await run('first', 'test.once', { input: trace })).toMatchObject(computed);
	expect(await run('second', 'test.once', { input: trace })).toMatchObject({ ...computed, cached: true });
	expect(await readFile(trace, 'utf8')).toBe('run\n');
});

test('runs an alone job beside no other', async () => {
	const inputs = { capability: 'test.wait', input: 100 };
	await queue.enqueue(aJob('before', inputs));
	await queue.enqueue(aJob('alone', { ...inputs, alone: true }));
	await queue.enqueue(aJob('after', inputs));
	const beside = new Set<string>();
	const stop = bus.subscribe('progress', () => {
		const running = workers.status().running.map(({ jobId }) => jobId);
		if (running.includes('alone.step.1')) for (const jobId of running) beside.add(jobId);
	});
	for (const task of ['before', 'alone', 'after']) expect(await ended(task)).toMatchObject({ kind: 'completed' });
	stop();
	expect([...beside]).toEqual(['alone.step.1']);
});

test('drains: what ends in time completes, what does not is reported as drained', async () => {
	await underWay('loop', 'test.spin');
	await underWay('quick', 'test.wait', 50);
	await Promise.all([workers.stop({ drainMs: 500 }), workers.stop({ drainMs: 500 })]);
	expect(outcomes.get('quick.step.1')).toMatchObject({ kind: 'completed' });
	expect(outcomes.get('loop.step.1')).toEqual({ kind: 'lost', cause: 'drained' });
	expect(workers.status().state).toBe('SHUTDOWN');
});
