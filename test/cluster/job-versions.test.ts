import { BullJobSource } from '@errand/core/adapters/bullmq/bull-job-source.ts';
import { bullId, capabilityQueue } from '@errand/core/adapters/bullmq/bull-queues.ts';
import { SystemClock } from '@errand/core/adapters/in-process/system-clock.ts';
import { openRedisLine } from '@errand/core/adapters/redis/open-redis-line.ts';
import { textSeal } from '@errand/core/adapters/sealing/text-seal.ts';
import { aJob } from '@errand/core/testing/a-job.ts';
import { Queue } from 'bullmq';
import { expect, onTestFinished, test, vi } from 'vitest';
import { eventually } from '../harness/process-tree.ts';
import { MAY_STARVE } from './support/may-starve.ts';
import { ownPlace } from './support/own-place.ts';

test('a worker that is too old for a job leaves it to others, and works on', MAY_STARVE, async () => {
	const { redisUrl, cluster } = await ownPlace();
	const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
	const line = await openRedisLine({ url: redisUrl, cluster, self: 'old', log });
	const clock = new SystemClock();
	const names = ['test.new', 'test.known'];
	const capabilities = names.map((name) => ({ name, concurrency: 4 }));
	const source = new BullJobSource({
		line,
		worker: 'old',
		capabilities: () => capabilities,
		seal: textSeal(Buffer.alloc(32)),
		clock,
		log,
	});
	const [fresh, known] = names.map((name) => {
		const prefix = line.keys.queuePrefix(capabilityQueue(name));
		return new Queue(capabilityQueue(name), {
			prefix,
			connection: line.connect('test', { maxRetriesPerRequest: null }),
		});
	});
	if (fresh === undefined || known === undefined) throw new Error('Two queues were opened.');
	const take = vi.fn();
	const consumption = source.consume({ freeSlots: () => 4, take });
	onTestFinished(async () => {
		consumption.stop();
		source.close();
		await line.close();
	});
	const job = (capability: string) => aJob('t', { capability, id: `t.${capability}.1` });
	const add = (queue: Queue, v: number, capability: string) =>
		queue.add('job', { v, home: 'h', earlierRuns: 0, job: job(capability) }, { jobId: bullId(`t.${capability}.1`) });

	await add(fresh, 99, 'test.new');
	await eventually(async () => log.warn.mock.calls.some(([event]) => event === 'job not understood'));
	await eventually(async () => (await fresh.getWaitingCount()) === 1);
	await add(known, 1, 'test.known');
	await eventually(async () => take.mock.calls.length > 0);
	expect(take.mock.calls[0]?.[0]).toMatchObject({ capability: 'test.known' });
	expect(take).toHaveBeenCalledOnce();
	expect(await fresh.getWaitingCount()).toBe(1);
	const refusals = log.warn.mock.calls.filter(([event]) => event === 'job not understood');
	expect(refusals).toHaveLength(1);
});
