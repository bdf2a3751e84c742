import { RunCancelled } from '@errand/core/adapters/bullmq/held-run.ts';
import { asPersonId } from '@errand/core/domain/ids.ts';
import { aJob } from '@errand/core/testing/a-job.ts';
import { TakingConsumer } from '@errand/core/testing/job-queue.contract.ts';
import { afterEach, beforeEach, expect, inject, test, vi } from 'vitest';
import { aWorker, Dispatch, ToldRegistry } from './support/dispatch.ts';

let dispatch: Dispatch;
beforeEach(() => {
	dispatch = new Dispatch(inject('redisUrl'));
});
afterEach(() => dispatch.close());

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('brings a job to the worker that was picked for it, and elsewhere when that one leaves before it took it', async () => {
	const [one, two] = [aWorker('one'), aWorker('two')];
	const registry = new ToldRegistry(one, two);
	let picked: string | undefined = 'one';
	const queue = await dispatch.queue(registry, { choose: () => picked });
	const atTwo = new TakingConsumer(await dispatch.source('two'), { 'test.work': 5 });
	await queue.enqueue(aJob('a'));
	await pause(200);
	expect(atTwo.taken).toEqual([]);
	picked = undefined;
	registry.hear('changed', { ...one, state: 'SHUTDOWN' });
	await vi.waitFor(() => expect(atTwo.taken).toEqual(['a.step.1']), 5_000);
});

test('ends a running job that any gateway cancels, at its word', async () => {
	const registry = new ToldRegistry(aWorker('one'));
	const queue = await dispatch.queue(registry);
	const other = await dispatch.queue(registry, { self: 'other' });
	const one = new TakingConsumer(await dispatch.source('one'), { 'test.work': 5 });
	for (const [n, canceller] of [queue, other, queue].entries()) {
		const name = `a${n}`;
		await queue.enqueue(aJob(name));
		await vi.waitFor(() => expect(one.taken).toContain(`${name}.step.1`), 5_000);
		const signal = one.signals.get(`${name}.step.1`);
		const aborted = new Promise((resolve) => signal?.addEventListener('abort', resolve));
		await canceller.cancel(`${name}.step.1`);
		await aborted;
		// Nobody had to notice that the job is gone: then it would be lost, not cancelled.
		expect(signal?.reason).toBeInstanceOf(RunCancelled);
		expect(await queue.holds(`${name}.step.1`)).toBe(false);
	}
});

test('ends a running job though the word of its cancelling is lost', async () => {
	const queue = await dispatch.queue(new ToldRegistry(aWorker('one')));
	const line = await dispatch.line('silent');
	const one = new TakingConsumer(await dispatch.source('one'), { 'test.work': 5 });
	await queue.enqueue(aJob('a'));
	await vi.waitFor(() => expect(one.taken).toEqual(['a.step.1']), 5_000);
	const key = `${line.keys.queuePrefix('cap.test.work')}:cap.test.work:a.step.1`;
	await line.commands.del(key, `${key}:lock`);
	await vi.waitFor(() => expect(one.signals.get('a.step.1')?.aborted).toBe(true), 5_000);
});

test('runs an alone job when nothing else runs on its worker, and nothing beside it', async () => {
	const queue = await dispatch.queue(new ToldRegistry(aWorker('one')));
	const one = new TakingConsumer(await dispatch.source('one'), { 'test.work': 5 });
	await queue.enqueue(aJob('first'));
	await vi.waitFor(() => expect(one.taken).toEqual(['first.step.1']), 5_000);
	await queue.enqueue(aJob('alone', { alone: true }));
	await pause(100);
	await queue.enqueue(aJob('later'));
	await pause(300);
	expect(one.taken).toEqual(['first.step.1']);
	one.end('first.step.1');
	await vi.waitFor(() => expect(one.taken).toEqual(['first.step.1', 'alone.step.1']), 5_000);
	await pause(300);
	expect(one.taken).toHaveLength(2);
	one.end('alone.step.1');
	await vi.waitFor(() => expect(one.taken.at(-1)).toBe('later.step.1'), 5_000);
});

test('keeps one alone job after the other, however many of them were fetched at once', async () => {
	const queue = await dispatch.queue(new ToldRegistry(aWorker('one')));
	const source = await dispatch.source('one');
	const one = new TakingConsumer(source, { 'test.work': 5, 'test.other': 5 });
	await queue.enqueue(aJob('first'));
	await vi.waitFor(() => expect(one.taken).toEqual(['first.step.1']), 5_000);
	source.pause();
	const alone = ['a', 'b', 'c', 'd'];
	for (const [n, name] of alone.entries()) {
		await queue.enqueue(aJob(name, { alone: true, capability: n % 2 === 0 ? 'test.work' : 'test.other' }));
	}
	await pause(100);
	// It looks into both queues at once.
	source.resume();
	await pause(200);
	expect(one.taken).toEqual(['first.step.1']);
	one.end('first.step.1');
	for (let n = 0; n < alone.length; n++) {
		await vi.waitFor(() => expect(one.taken).toHaveLength(n + 2), 5_000);
		one.end(one.taken.at(-1) ?? '');
	}
	expect([...one.taken].sort()).toEqual(['a.step.1', 'b.step.1', 'c.step.1', 'd.step.1', 'first.step.1']);
});

test('takes nothing while it is paused, and what waits once it goes on', async () => {
	const queue = await dispatch.queue(new ToldRegistry(aWorker('one')));
	const source = await dispatch.source('one');
	const one = new TakingConsumer(source, { 'test.work': 5 });
	source.pause();
	await pause(100);
	await queue.enqueue(aJob('a'));
	await pause(300);
	expect(one.taken).toEqual([]);
	source.resume();
	await vi.waitFor(() => expect(one.taken).toEqual(['a.step.1']), 5_000);
});

test('shares slots that are scarce among capabilities, though one has always something waiting', async () => {
	const queue = await dispatch.queue(new ToldRegistry(aWorker('one')));
	const taken: string[] = [];
	let free = 1;
	const consumption = (await dispatch.source('one')).consume({
		freeSlots: (capability) => (capability === 'test.visit' ? 0 : free),
		take: (job) => {
			free--;
			taken.push(job.id);
			setTimeout(() => {
				free++;
				queue.settled(job.id);
				consumption.settled(job.id);
				consumption.freed();
			}, 5);
		},
	});
	for (let n = 0; n < 500; n++) await queue.enqueue(aJob(`a${n}`));
	await vi.waitFor(() => expect(taken.length).toBeGreaterThan(5), 5_000);
	await queue.enqueue(aJob('b', { capability: 'test.other' }));
	const at = taken.length;
	await vi.waitFor(() => expect(taken).toContain('b.step.1'), { timeout: 5_000, interval: 10 });
	expect(taken.indexOf('b.step.1') - at).toBeLessThan(60);
});

test('releases no more than a limit allows', async () => {
	const limits = { capability: { 'test.work': { perSecond: 20, burst: 5 } } };
	const queue = await dispatch.queue(new ToldRegistry(aWorker('one')), { limits });
	const taken: string[] = [];
	const consumption = (await dispatch.source('one')).consume({
		freeSlots: (capability) => (capability === 'test.work' ? 5 : 0),
		take: (job) => {
			taken.push(job.id);
			queue.settled(job.id);
			queueMicrotask(() => consumption.settled(job.id));
		},
	});
	const start = performance.now();
	for (let n = 0; n < 15; n++) await queue.enqueue(aJob(`a${n}`));
	await vi.waitFor(() => expect(taken).toHaveLength(15), 10_000);
	expect(performance.now() - start).toBeGreaterThan(450);
});

test('lets no gateway fill the queue so that the jobs of another have to wait for all of its own', async () => {
	const registry = new ToldRegistry(aWorker('one'));
	const [first, second] = [await dispatch.queue(registry), await dispatch.queue(registry, { self: 'second' })];
	for (let n = 0; n < 1_000; n++) await first.enqueue(aJob(`flood${n}`));
	const taken: string[] = [];
	await second.enqueue(aJob('mine', { person: asPersonId('ben') }));
	const consumption = (await dispatch.source('one')).consume({
		freeSlots: (capability) => (capability === 'test.work' ? 1 : 0),
		take: (job) => {
			taken.push(job.id);
			queueMicrotask(() => {
				first.settled(job.id);
				consumption.settled(job.id);
			});
		},
	});
	await vi.waitFor(() => expect(taken).toContain('mine.step.1'), 5_000);
	expect(taken.indexOf('mine.step.1')).toBeLessThanOrEqual(2 * 5 + 2);
	// Each of them knows of what waits at the other.
	await second.enqueue(aJob('unable', { capability: 'test.visit' }));
	await vi.waitFor(async () => {
		const depths = await first.depths();
		expect(depths.find(({ capability }) => capability === 'test.visit')).toMatchObject({ waiting: 1, running: 0 });
	}, 5_000);
});
