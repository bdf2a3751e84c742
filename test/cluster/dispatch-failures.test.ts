import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { RedisSessionPool } from '@errand/core/adapters/redis/redis-session-pool.ts';
import { asPersonId, asTaskId } from '@errand/core/domain/ids.ts';
import type { IRunReports, RunOutcome, RunReport } from '@errand/core/ports/job-queue.ts';
import { RunLost } from '@errand/core/ports/run-lost.ts';
import { aJob } from '@errand/core/testing/a-job.ts';
import { TakingConsumer } from '@errand/core/testing/job-queue.contract.ts';
import { afterEach, beforeEach, expect, inject, test, vi } from 'vitest';
import { startCutProxy } from '../support/cut-proxy.ts';
import { startRedis } from '../support/redis-server.ts';
import { aWorker, Dispatch, ToldRegistry } from './support/dispatch.ts';

let dispatch: Dispatch;
const children: ChildProcess[] = [];
const cleanUps: (() => unknown)[] = [];
beforeEach(() => {
	dispatch = new Dispatch(inject('redisUrl'));
});
afterEach(async () => {
	for (const child of children.splice(0)) child.kill('SIGKILL');
	await dispatch.close();
	for (const act of cleanUps.splice(0)) await act();
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

interface Start {
	readonly worker: string;
	readonly jobId: string;
	readonly run: number;
}

async function startTaker(worker: string, starts: Start[], ended: string[] = []): Promise<ChildProcess> {
	const program = join(import.meta.dirname, 'fixture/job-taker.ts');
	const child = fork(program, [inject('redisUrl'), dispatch.cluster, worker], { stdio: 'inherit' });
	children.push(child);
	await once(child, 'message');
	child.on('message', (message: { jobId?: string; run?: number; ended?: string; claimed?: string }) => {
		if (message.claimed !== undefined) return;
		if (message.ended !== undefined) ended.push(message.ended);
		else starts.push({ worker, jobId: message.jobId ?? '', run: message.run ?? 0 });
	});
	return child;
}

test('starts the job of a killed worker elsewhere as its next run, though nothing is heard of the death', async () => {
	const queue = await dispatch.queue(new ToldRegistry(aWorker('one'), aWorker('two')));
	const starts: Start[] = [];
	for (let n = 0; n < 2; n++) {
		const [first, second] = await Promise.all([startTaker(`${n}a`, starts), startTaker(`${n}b`, starts)]);
		await queue.enqueue(aJob(`killed${n}`));
		await vi.waitFor(() => expect(starts).toHaveLength(2 * n + 1), 5_000);
		const doomed = starts.at(-1)?.worker === `${n}a` ? first : second;
		doomed.kill('SIGKILL');
		await vi.waitFor(() => expect(starts).toHaveLength(2 * n + 2));
		expect(starts.at(-1)).toMatchObject({ jobId: `killed${n}.step.1`, run: 2 });
		expect(starts.at(-1)?.worker).not.toBe(starts.at(-2)?.worker);
		await queue.cancel(`killed${n}.step.1`);
		for (const child of [first, second]) child.kill('SIGKILL');
	}
});

test.for([
	{ of: 'that was picked for it', capability: 'test.work' },
	{ of: 'with the session of its task', capability: 'test.visit' },
])('starts the job of a killed worker $of elsewhere, while that still counts as living', async ({ capability }) => {
	const capabilities = aWorker('any').capabilities.map((one) => ({ ...one, name: capability }));
	const registry = new ToldRegistry();
	let doomedOne: string | undefined;
	const line = await dispatch.line('gateway');
	// Nothing is heard of its death.
	const places = new RedisSessionPool(line);
	const queue = await dispatch.queue(registry, { line, places, choose: () => doomedOne });
	const starts: Start[] = [];
	const claims: string[] = [];
	for (let n = 0; n < 2; n++) {
		const pair = await Promise.all([startTaker(`${n}a`, starts), startTaker(`${n}b`, starts)]);
		for (const child of pair) {
			child.on('message', ({ claimed, kind }: { claimed?: string; kind?: string }) => {
				if (claimed !== undefined) claims.push(`${claimed} ${kind}`);
			});
		}
		for (const name of [`${n}a`, `${n}b`]) registry.hear('joined', aWorker(name, { capabilities }));
		const jobId = `killed${n}.step.1`;
		doomedOne = `${n}a`;
		await queue.enqueue(aJob(`killed${n}`, { capability }));
		await vi.waitFor(() => expect(starts).toHaveLength(2 * n + 1), 10_000);
		if (capability === 'test.visit') await vi.waitFor(() => expect(claims).toHaveLength(2 * n + 1), 10_000);
		const first = starts.at(-1)?.worker;
		if (capability === 'test.work') expect(first).toBe(doomedOne);
		await pause(400);
		pair[first === `${n}a` ? 0 : 1]?.kill('SIGKILL');
		await vi.waitFor(() => expect(starts).toHaveLength(2 * n + 2));
		expect(starts.at(-1)).toMatchObject({ jobId, run: 2 });
		expect(starts.at(-1)?.worker).not.toBe(first);
		// Whoever starts it waits for the session until it is certain that the other one does not have it any more.
		if (capability === 'test.visit')
			await vi.waitFor(() => expect(claims.slice(2 * n)).toEqual(Array(2).fill(`${jobId} held`)), 10_000);
		await queue.cancel(jobId);
		for (const child of pair) child.kill('SIGKILL');
		for (const name of [`${n}a`, `${n}b`]) registry.hear('died', aWorker(name, { capabilities }));
	}
});

test('leaves jobs with sessions to a worker that is busy, in their order, and sends those on that it was only picked for', async () => {
	const capabilities = ['test.work', 'test.visit'].map((name) => {
		return { name, version: 1, placement: 'inline' as const, concurrency: 5, running: 0 };
	});
	let picked: string | undefined = 'one';
	let asked = 0;
	const queue = await dispatch.queue(
		new ToldRegistry(aWorker('one', { capabilities }), aWorker('two', { capabilities })),
		{
			choose: () => picked,
			places: { workerOf: async () => (++asked > 0 ? 'one' : undefined) },
		},
	);
	const one = new TakingConsumer(await dispatch.source('one'), { 'test.visit': 1 });
	const two = new TakingConsumer(await dispatch.source('two'), { 'test.visit': 1, 'test.work': 5 });
	const visits = ['a', 'b', 'c', 'd'];
	for (const task of visits) await queue.enqueue(aJob(task, { capability: 'test.visit' }));
	await queue.enqueue(aJob('picked'));
	picked = undefined;
	await vi.waitFor(() => expect(two.taken).toEqual(['picked.step.1']), 5_000);
	await pause(2_500);
	expect(one.taken).toEqual(['a.step.1']);
	// Once each to find its line, and then some times, fewer and fewer.
	expect(asked).toBeLessThan(50);
	for (const task of visits) {
		await vi.waitFor(() => expect(one.taken).toContain(`${task}.step.1`), 5_000);
		one.end(`${task}.step.1`);
	}
	expect(one.taken).toEqual(visits.map((task) => `${task}.step.1`));
	expect(two.taken).toEqual(['picked.step.1']);
});

test('does not start a job twice whose handler blocks its thread for two seconds', async () => {
	const queue = await dispatch.queue(new ToldRegistry(aWorker('one'), aWorker('two')));
	const starts: Start[] = [];
	const ended: string[] = [];
	await Promise.all([startTaker('one', starts, ended), startTaker('two', starts, ended)]);
	await queue.enqueue(aJob('blocks', { input: 2_000 }));
	await vi.waitFor(() => expect(ended).toEqual(['blocks.step.1']), 10_000);
	expect(starts.map(({ run }) => run)).toEqual([1]);
	await vi.waitFor(async () => expect(await queue.holds('blocks.step.1')).toBe(false), 5_000);
});

test('brings a job of a task with a session to the worker that has it, and elsewhere as its next run once that one is dead', async () => {
	const capabilities = aWorker('any').capabilities.map((one) => ({ ...one, name: 'test.visit' }));
	const [one, two] = ['one', 'two'].map((name) => aWorker(name, { capabilities })) as [
		ReturnType<typeof aWorker>,
		ReturnType<typeof aWorker>,
	];
	const registry = new ToldRegistry(one, two);
	const queue = await dispatch.queue(registry);
	const taken: string[] = [];
	const consume = async (name: string) => {
		const source = await dispatch.source(name);
		source.consume({
			freeSlots: (capability) => (capability === 'test.visit' ? 5 : 0),
			take: (job, run) => taken.push(`${name} ${job.id} ${run}`),
		});
		return source;
	};
	const sourceOne = await consume('one');
	await consume('two');
	dispatch.sessions.set(asTaskId('a'), 'one');
	dispatch.sessions.set(asTaskId('b'), 'two');
	await queue.enqueue(aJob('a', { capability: 'test.visit' }));
	await queue.enqueue(aJob('b', { capability: 'test.visit' }));
	await vi.waitFor(() => expect(taken.toSorted()).toEqual(['one a.step.1 1', 'two b.step.1 1']), 5_000);
	sourceOne.close();
	dispatch.sessions.delete(asTaskId('a'));
	registry.hear('died', one);
	await vi.waitFor(() => expect(taken).toContain('two a.step.1 2'), 5_000);
});

test('tells a run that others have its job, when its worker was out of reach for too long', async () => {
	const registry = new ToldRegistry(aWorker('one'), aWorker('two'));
	const queue = await dispatch.queue(registry);
	const proxy = await startCutProxy(inject('redisUrl'));
	cleanUps.push(() => proxy.close());
	const cut = new Dispatch(proxy.url, dispatch.cluster);
	cleanUps.unshift(() => cut.close());
	const one = new TakingConsumer(await cut.source('one'), { 'test.work': 5 });
	await queue.enqueue(aJob('a'));
	await vi.waitFor(() => expect(one.taken).toEqual(['a.step.1']), 5_000);
	const two = new TakingConsumer(await dispatch.source('two'), { 'test.work': 5 });
	proxy.cut();
	await vi.waitFor(() => expect(two.taken).toEqual(['a.step.1']), 5_000);
	await vi.waitFor(() => expect(one.signals.get('a.step.1')?.reason).toBeInstanceOf(RunLost), 8_000);
	proxy.heal();
	expect(two.signals.get('a.step.1')?.aborted).toBe(false);
});

test('takes back what it ran before a short outage, and nobody else starts it', async () => {
	const redis = await startRedis({ aof: true });
	cleanUps.push(() => redis.stop());
	dispatch = new Dispatch(redis.url);
	const queue = await dispatch.queue(new ToldRegistry(aWorker('one'), aWorker('two')));
	const one = new TakingConsumer(await dispatch.source('one'), { 'test.work': 5 });
	await queue.enqueue(aJob('a'));
	await vi.waitFor(() => expect(one.taken).toEqual(['a.step.1']), 5_000);
	const two = new TakingConsumer(await dispatch.source('two'), { 'test.work': 5 });
	await redis.restart();
	await new Promise((resolve) => setTimeout(resolve, 2_500));
	expect([...one.taken, ...two.taken]).toEqual(['a.step.1']);
	expect(one.signals.get('a.step.1')?.aborted).toBe(false);
	expect(await queue.holds('a.step.1')).toBe(true);
});

test('keeps a job while Redis is away and releases it once it is back; doubts everything when Redis was wiped', async () => {
	const redis = await startRedis();
	cleanUps.push(() => redis.stop());
	dispatch = new Dispatch(redis.url);
	const queue = await dispatch.queue(new ToldRegistry(aWorker('one')));
	const one = new TakingConsumer(await dispatch.source('one'), { 'test.work': 5 });
	await queue.enqueue(aJob('before'));
	await vi.waitFor(() => expect(one.taken).toEqual(['before.step.1']), 5_000);
	const doubts: (readonly string[] | undefined)[] = [];
	queue.onDoubt((jobIds) => doubts.push(jobIds));
	await redis.kill();
	await queue.enqueue(aJob('meanwhile'));
	await redis.restart({ wipe: true });
	await vi.waitFor(() => expect(one.taken).toContain('meanwhile.step.1'), 10_000);
	await vi.waitFor(() => expect(doubts).toContain(undefined), 10_000);
	await vi.waitFor(async () => expect(await queue.holds('before.step.1')).toBe(false), 5_000);
	// Whoever ran it has lost it, and takes it up again as a run of its own.
	await vi.waitFor(() => expect(one.signals.get('before.step.1')?.aborted).toBe(true), 5_000);
	await queue.enqueue(aJob('before'));
	await vi.waitFor(() => expect(one.taken.filter((id) => id === 'before.step.1')).toHaveLength(2), 5_000);
});

test('says which jobs are in doubt that are in no queue any more', async () => {
	const line = await dispatch.line('remover');
	const queue = await dispatch.queue(new ToldRegistry(aWorker('one')));
	await queue.enqueue(aJob('a'));
	const doubted: string[] = [];
	queue.onDoubt((jobIds) => doubted.push(...(jobIds ?? [])));
	const prefix = line.keys.queuePrefix('cap.test.work');
	await vi.waitFor(async () => expect(await line.commands.keys(`${prefix}*a.step.1`)).toHaveLength(1), 5_000);
	await line.commands.del(await line.commands.keys(`${prefix}*`));
	await vi.waitFor(() => expect(doubted).toEqual(['a.step.1']), 10_000);
});

test('gives up a job that was started ten times and never ended, and says so', async () => {
	const told: [string, number, RunOutcome | 'started'][] = [];
	const reports: IRunReports = {
		started: async ({ job, run }: RunReport) => told.push([job.id, run, 'started']) > 0,
		ended: async ({ job, run }: RunReport, outcome: RunOutcome) => void told.push([job.id, run, outcome]),
	};
	const line = await dispatch.line('remover');
	const queue = await dispatch.queue(new ToldRegistry(aWorker('one')));
	await queue.enqueue(aJob('poison'));
	const key = `${line.keys.queuePrefix('cap.test.work')}:cap.test.work:poison.step.1`;
	await vi.waitFor(async () => expect(await line.commands.exists(key)).toBe(1), 5_000);
	await line.commands.hset(key, 'ats', 10);
	const taken: string[] = [];
	(await dispatch.source('one', { reports })).consume({ freeSlots: () => 5, take: (job) => taken.push(job.id) });
	await vi.waitFor(() => expect(told).toHaveLength(2), 5_000);
	expect(told[0]).toEqual(['poison.step.1', 11, 'started']);
	expect(told[1]?.[2]).toMatchObject({ kind: 'failed', failure: { kind: 'permanent', code: 'worker-died' } });
	expect(taken).toEqual([]);
	await vi.waitFor(async () => expect(await line.commands.exists(key)).toBe(0), 5_000);
});

test('lets ten thousand ready steps of one person hold up nobody', async () => {
	const queue = await dispatch.queue(new ToldRegistry(aWorker('one')));
	for (let n = 0; n < 10_000; n++) await queue.enqueue(aJob(`flood${n}`));
	await queue.enqueue(aJob('mine', { person: asPersonId('ben') }));
	const taken: string[] = [];
	const consumption = (await dispatch.source('one')).consume({
		freeSlots: (capability) => (capability === 'test.work' ? 1 : 0),
		take: (job) => {
			taken.push(job.id);
			queue.settled(job.id);
			queueMicrotask(() => consumption.settled(job.id));
		},
	});
	await vi.waitFor(() => expect(taken).toContain('mine.step.1'), 5_000);
	// Those that were released already, and one turn.
	expect(taken.indexOf('mine.step.1')).toBeLessThanOrEqual(2 * 5 + 2);
	const depths = await queue.depths();
	expect(depths.find(({ capability }) => capability === 'test.work')?.oldestWaitMs).toBeGreaterThan(0);
});

test('runs every job once though the answers of Redis get lost', async () => {
	const proxy = await startCutProxy(inject('redisUrl'));
	cleanUps.push(() => proxy.close());
	const lossy = new Dispatch(proxy.url, dispatch.cluster);
	cleanUps.unshift(() => lossy.close());
	const queue = await lossy.queue(new ToldRegistry(aWorker('one')));
	const runs = new Map<string, number[]>();
	const consumption = (await lossy.source('one')).consume({
		freeSlots: (capability) => (capability === 'test.work' ? 5 : 0),
		take: (job, run) => {
			runs.set(job.id, [...(runs.get(job.id) ?? []), run]);
			queue.settled(job.id);
			queueMicrotask(() => consumption.settled(job.id));
		},
	});
	for (let n = 0; n < 60; n++) {
		if (n % 10 === 5) proxy.dropAnswers(1);
		await queue.enqueue(aJob(`a${n}`));
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
	await vi.waitFor(() => expect(runs.size).toBe(60), { timeout: 20_000, interval: 100 });
	// A job may start again after its outcome is known; then its run is a higher one, and refused.
	for (const seen of runs.values()) expect(new Set(seen).size).toBe(seen.length);
});
