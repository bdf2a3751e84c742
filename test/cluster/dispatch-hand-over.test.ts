import { BullQueues } from '@errand/core/adapters/bullmq/bull-queues.ts';
import { handOver } from '@errand/core/adapters/bullmq/hand-over-script.ts';
import { giveBackSurely } from '@errand/core/adapters/bullmq/queue-scripts.ts';
import { type HandOverTaker, RemoteRunReports } from '@errand/core/adapters/bullmq/remote-run-reports.ts';
import { decodeTurn, type ToldTurn } from '@errand/core/adapters/bullmq/report-messages.ts';
import { RunReportInbox } from '@errand/core/adapters/bullmq/run-report-inbox.ts';
import { SystemClock } from '@errand/core/adapters/in-process/system-clock.ts';
import type { Job } from '@errand/core/ports/job-queue.ts';
import { aJob } from '@errand/core/testing/a-job.ts';
import { afterEach, beforeEach, expect, inject, test, vi } from 'vitest';
import { aWorker, Dispatch, SILENT, ToldRegistry } from './support/dispatch.ts';
import { MAY_STARVE } from './support/may-starve.ts';

let dispatch: Dispatch;
const cleanUps: (() => unknown)[] = [];
beforeEach(() => {
	dispatch = new Dispatch(inject('redisUrl'));
});
afterEach(async () => {
	for (const act of cleanUps.splice(0).reverse()) await act();
	await dispatch.close();
});

const QUEUE = 'cap.test.work';

/** A process with the history: once a job has ended, the one that follows it is enqueued in the same turn. */
async function aGateway(registry: ToldRegistry, follows: (jobId: string) => Job | undefined, self = 'gateway') {
	const line = await dispatch.line(self);
	const queue = await dispatch.queue(registry, { line, self });
	const ended: (readonly [jobId: string, run: number])[] = [];
	const inbox = new RunReportInbox({
		...{ line, self, log: SILENT },
		onEnded: (jobId) => queue.settled(jobId),
		answer: (run) => queue.answer(run),
	});
	const stop = inbox.serve({
		started: async () => true,
		ended: async ({ job, run }) => {
			ended.push([job.id, run]);
			const next = follows(job.id);
			if (next !== undefined) void queue.enqueue(next);
		},
	});
	cleanUps.push(stop);
	return { line, queue, ended };
}

/** A worker with slots for all it can do that ends each job when told to; `changed` is what of its taking is not as it should be. */
async function aTaker(worker: string, changed: (taker: HandOverTaker) => Partial<HandOverTaker> = () => ({})) {
	const line = await dispatch.line(worker);
	const source = await dispatch.source(worker, { line });
	const taker: HandOverTaker = {
		ending: (jobId) => source.ending(jobId),
		off: (jobId) => source.off(jobId),
		hand: (job) => source.hand(job),
	};
	const homeOf = (jobId: string) => source.homeOf(jobId);
	const reports = new RemoteRunReports({
		...{ line, worker, homeOf, clock: new SystemClock(), log: SILENT },
		taker: { ...taker, ...changed(taker) },
	});
	cleanUps.push(() => reports.stop());
	const taken: (readonly [jobId: string, run: number])[] = [];
	const jobs = new Map<string, { job: Job; run: number }>();
	const slots = { free: 5, endsAtOnce: false };
	const consumption = source.consume({
		freeSlots: (capability) => (capability === 'test.visit' ? 0 : slots.free),
		take: (job, run) => {
			slots.free--;
			taken.push([job.id, run]);
			jobs.set(job.id, { job, run });
			// One that is still told when the test is over is answered by nobody.
			if (slots.endsAtOnce) setImmediate(() => void end(job.id).catch(() => {}));
		},
	});
	const end = async (jobId: string) => {
		const { job, run } = jobs.get(jobId) ?? { job: aJob(jobId), run: 1 };
		await reports.ended({ job, run, worker }, { kind: 'completed', output: {}, origins: [] });
		slots.free++;
		consumption.settled(jobId);
		consumption.freed();
	};
	return { taken, end, slots, reports, consumption };
}

const after =
	(jobId: string, next: Partial<Job> = {}) =>
	(ended: string) =>
		ended === jobId ? aJob('b', next) : undefined;

/** Who fetched a job; null for one that was handed over. */
async function fetchedBy(line: Awaited<ReturnType<Dispatch['line']>>, jobId: string) {
	return await line.commands.hget(`${line.keys.queuePrefix(QUEUE)}:${QUEUE}:${jobId}`, 'pb');
}

test(
	'hands a worker its next job with the answer to its last one, which is off the queue by then',
	MAY_STARVE,
	async () => {
		const { line, queue, ended } = await aGateway(new ToldRegistry(aWorker('one')), after('a.step.1'));
		const one = await aTaker('one');
		await queue.enqueue(aJob('a'));
		await vi.waitFor(() => expect(one.taken).toEqual([['a.step.1', 1]]), 5_000);
		expect(await fetchedBy(line, 'a.step.1')).toBe('one');
		await one.end('a.step.1');
		await vi.waitFor(() => expect(one.taken.at(-1)).toEqual(['b.step.1', 1]), 5_000);
		expect(await fetchedBy(line, 'b.step.1')).toBe(null);
		expect(await queue.holds('b.step.1')).toBe(true);
		await one.end('b.step.1');
		expect(await line.commands.keys(`${line.keys.queuePrefix(QUEUE)}*.step.1*`)).toEqual([]);
		expect(ended).toEqual([
			['a.step.1', 1],
			['b.step.1', 1],
		]);
		// The first one of another task goes the same way, now that the worker is known.
		await queue.enqueue(aJob('c'));
		await vi.waitFor(() => expect(one.taken.at(-1)).toEqual(['c.step.1', 1]), 5_000);
		expect(await fetchedBy(line, 'c.step.1')).toBe(null);
	},
);

test(
	'starts a job elsewhere, as its second run, of which the worker it was handed to heard nothing',
	MAY_STARVE,
	async () => {
		const { queue, ended } = await aGateway(new ToldRegistry(aWorker('one')), after('a.step.1'));
		const one = await aTaker('one', () => ({ hand: () => {} }));
		await queue.enqueue(aJob('a'));
		await vi.waitFor(() => expect(one.taken).toHaveLength(1), 5_000);
		await one.end('a.step.1');
		await vi.waitFor(() => expect(one.taken.at(-1)).toEqual(['b.step.1', 2]), 10_000);
		await one.end('b.step.1');
		expect(ended.at(-1)).toEqual(['b.step.1', 2]);
	},
);

test('leaves a job in the queue for others when the worker it was handed to is gone', MAY_STARVE, async () => {
	const { queue } = await aGateway(new ToldRegistry(aWorker('one')), () => undefined);
	const one = await aTaker('one');
	await queue.enqueue(aJob('a'));
	await vi.waitFor(() => expect(one.taken).toHaveLength(1), 5_000);
	await one.end('a.step.1');
	one.consumption.stop();
	one.reports.stop();
	const two = await aTaker('two');
	await queue.enqueue(aJob('c'));
	await vi.waitFor(() => expect(two.taken.map(([id]) => id)).toEqual(['c.step.1']), 5_000);
});

test('gives a job back that it has no slot for, as if it had not been started', MAY_STARVE, async () => {
	const { queue } = await aGateway(new ToldRegistry(aWorker('one')), () => undefined);
	const one = await aTaker('one');
	await queue.enqueue(aJob('a'));
	await vi.waitFor(() => expect(one.taken).toHaveLength(1), 5_000);
	await one.end('a.step.1');
	one.slots.free = 0;
	const two = await aTaker('two');
	await queue.enqueue(aJob('c'));
	await vi.waitFor(() => expect(two.taken).toEqual([['c.step.1', 1]]), 5_000);
});

test(
	'hands nothing over that acts on the world, or runs alone: it might seem to have been started',
	MAY_STARVE,
	async () => {
		for (const next of [{ effects: 'external' }, { alone: true }] as const) {
			const { line, queue } = await aGateway(new ToldRegistry(aWorker('one')), after('a.step.1', next));
			const one = await aTaker('one');
			await queue.enqueue(aJob('a'));
			await vi.waitFor(() => expect(one.taken).toHaveLength(1), 5_000);
			await one.end('a.step.1');
			await vi.waitFor(() => expect(one.taken.at(-1)).toEqual(['b.step.1', 1]), 5_000);
			expect(await fetchedBy(line, 'b.step.1')).toBe('one');
			for (const act of cleanUps.splice(0).reverse()) await act();
			await dispatch.close();
			dispatch = new Dispatch(inject('redisUrl'));
		}
	},
);

/** A chain of jobs, one after the other, that is over sooner once something else has its turn. */
async function aLongChain(registry: ToldRegistry, starts: () => readonly (readonly [jobId: string, run: number])[]) {
	let steps = 0;
	return await aGateway(registry, () => {
		steps++;
		if (steps < 400 && !starts().some(([id]) => id.startsWith('y.'))) return aJob(`x${steps}`);
		return steps === 400 ? aJob('last') : undefined;
	});
}

const inChildren = { placement: 'process', version: 1, concurrency: 5, running: 0 } as const;
const withOneSlot = aWorker('one', {
	slots: 1,
	capabilities: ['test.work', 'test.other'].map((name) => ({ name, ...inChildren })),
});

test.each([
	['of another capability that was enqueued beside the chain', 'gateway', 'test.other'],
	['of another capability that another gateway released', 'other', 'test.other'],
	['of the same capability that another gateway released', 'other', 'test.work'],
])(
	'lets what waits for the only slot have its turn while a chain goes on: %s',
	MAY_STARVE,
	async (_what, by, capability) => {
		const one = await aTaker('one');
		Object.assign(one.slots, { free: 1, endsAtOnce: true });
		const registry = new ToldRegistry(withOneSlot);
		const { queue } = await aLongChain(registry, () => one.taken);
		const other = by === 'gateway' ? queue : (await aGateway(registry, () => undefined, by)).queue;
		await queue.enqueue(aJob('x0'));
		await vi.waitFor(() => expect(one.taken.length).toBeGreaterThan(5), 10_000);
		await other.enqueue(aJob('y', { capability }));
		await vi.waitFor(() => expect(one.taken).toContainEqual(['y.step.1', 1]), 20_000);
		expect(one.taken.map(([id]) => id)).not.toContain('last.step.1');
	},
);

test('gives a job back once more when that failed, so that it counts as never started', async () => {
	const line = await dispatch.line('worker');
	const queues = new BullQueues(line, 'queues');
	cleanUps.push(() => queues.close());
	const queue = queues.of(QUEUE);
	await queues.redis.set(queue.jobKey('a:lock'), 'mine');
	await queues.redis.hset(queue.jobKey('a'), 'ats', 1);
	await queues.redis.lpush(queue.keys.active, 'a');
	vi.spyOn(queues.redis, 'evalsha').mockRejectedValueOnce(new Error('The connection was lost.'));
	await giveBackSurely(queues.redis, queue, { id: 'a', token: 'mine', starts: 1 });
	expect(await queues.redis.lrange(queue.keys.wait, 0, -1)).toEqual(['a']);
	expect(await queues.redis.hget(queue.jobKey('a'), 'ats')).toBe('0');
});

test('puts a job behind what came earlier and waits in its queue, but for what is about to be fetched', async () => {
	const line = await dispatch.line('gateway');
	const queues = new BullQueues(line, 'queues');
	cleanUps.push(() => queues.close());
	const queue = queues.of(QUEUE);
	const told: ToldTurn[] = [];
	await line.channels.listen('turns', (text) => told.push(decodeTurn(text)));
	await queues.redis.lpush(queue.keys.wait, 'longer');
	await queues.redis.hset(queue.jobKey('longer'), 'timestamp', 1_000);
	const head = JSON.stringify({
		queue: QUEUE,
		answers: [],
		jobs: [
			['b', 'token-b'],
			['c', 'token-c'],
		],
	});
	const leaving = [
		{ id: 'b', token: 'token-b', data: '{"n":1}', since: 2_000 },
		{ id: 'c', token: 'token-c', data: '{"n":2}', since: 1_001 },
	];
	await handOver(queues.redis, queue, { channel: 'turns', head, ended: [], leaving });
	await vi.waitFor(() => expect(told).toHaveLength(1), 5_000);
	expect(told).toEqual([{ answers: [], jobs: [{ queue: QUEUE, id: 'c', token: 'token-c', data: '{"n":2}' }] }]);
	expect(await queues.redis.lrange(queue.keys.wait, 0, -1)).toEqual(['b', 'longer']);
	expect(await queues.redis.lrange(queue.keys.active, 0, -1)).toEqual(['c']);
	expect(await queues.redis.exists(queue.jobKey('b:lock'), queue.keys.marker)).toBe(1);
	expect(await queues.redis.hmget(queue.jobKey('b'), 'data', 'ats')).toEqual(['{"n":1}', null]);
});

test('hands over once, and takes off once, though the command is sent again', async () => {
	const line = await dispatch.line('gateway');
	const queues = new BullQueues(line, 'queues');
	cleanUps.push(() => queues.close());
	const queue = queues.of(QUEUE);
	const told: ToldTurn[] = [];
	await line.channels.listen('turns', (text) => told.push(decodeTurn(text)));
	const head = JSON.stringify({ queue: QUEUE, answers: [{ n: 7 }], jobs: [['b', 'token-b']] });
	const told1 = { channel: 'turns', head, leaving: [{ id: 'b', token: 'token-b', data: '{"n":1}', since: 1 }] };
	const ended = [{ id: 'a', token: 'token-a' }];
	await queues.redis.set(queue.jobKey('a:lock'), 'token-a');
	await queues.redis.lpush(queue.keys.active, 'a');
	for (let times = 0; times < 2; times++) await handOver(queues.redis, queue, { ...told1, ended });
	await vi.waitFor(() => expect(told).toHaveLength(2), 5_000);
	expect(told).toEqual([
		{ answers: [{ n: 7, off: true }], jobs: [{ queue: QUEUE, id: 'b', token: 'token-b', data: '{"n":1}' }] },
		{ answers: [{ n: 7, off: false }], jobs: [] },
	]);
	expect(await queues.redis.lrange(queue.keys.active, 0, -1)).toEqual(['b']);
});

test('leaves a job that somebody else holds by now to them', async () => {
	const line = await dispatch.line('gateway');
	const queues = new BullQueues(line, 'queues');
	cleanUps.push(() => queues.close());
	const queue = queues.of(QUEUE);
	await queues.redis.set(queue.jobKey('a:lock'), 'of another one');
	await queues.redis.lpush(queue.keys.active, 'a');
	const head = JSON.stringify({ queue: QUEUE, answers: [{ n: 1 }], jobs: [] });
	await handOver(queues.redis, queue, {
		...{ channel: 'turns', head, leaving: [] },
		ended: [{ id: 'a', token: 'mine once' }],
	});
	expect(await queues.redis.lrange(queue.keys.active, 0, -1)).toEqual(['a']);
});
