import { expect, test } from 'vitest';
import { asPersonId } from '../../domain/ids.ts';
import { aJob } from '../../testing/a-job.ts';
import { jobQueueContract, TakingConsumer } from '../../testing/job-queue.contract.ts';
import { InProcessJobQueue } from './in-process-job-queue.ts';

jobQueueContract(
	'InProcessJobQueue',
	async () => new InProcessJobQueue(),
	async () => {},
);

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const of = (person: string) => ({ person: asPersonId(person) });

test("lets one person's flood starve nobody", async () => {
	const queue = new InProcessJobQueue();
	for (let n = 0; n < 1_000; n++) await queue.enqueue(aJob(`flood${n}`, of('anna')));
	await queue.enqueue(aJob('mine', of('ben')));
	const consumer = new TakingConsumer(queue, { 'test.work': 1 });
	await turn();
	consumer.endAll();
	await turn();
	expect(consumer.taken).toEqual(['flood0.step.1', 'mine.step.1']);
});

test('shares a slot that several capabilities need among them', async () => {
	const queue = new InProcessJobQueue();
	for (let n = 0; n < 3; n++) await queue.enqueue(aJob(`a${n}`, { capability: 'test.a' }));
	await queue.enqueue(aJob('b', { capability: 'test.b' }));
	let free = 1;
	const taken: string[] = [];
	const consumption = queue.consume({
		freeSlots: () => free,
		take: (job) => {
			free--;
			taken.push(job.id);
		},
	});
	for (let n = 0; n < 4; n++) {
		await turn();
		free++;
		consumption.settled(taken.at(-1) ?? '');
	}
	expect(taken).toEqual(['a0.step.1', 'b.step.1', 'a1.step.1', 'a2.step.1']);
});

test('is always the first run', async () => {
	const queue = new InProcessJobQueue();
	const runs: number[] = [];
	queue.consume({ freeSlots: () => 1, take: (_job, run) => runs.push(run) });
	await queue.enqueue(aJob('a'));
	await turn();
	expect(runs).toEqual([1]);
});

test('runs an alone job when nothing else runs, and nothing beside it', async () => {
	const queue = new InProcessJobQueue();
	const consumer = new TakingConsumer(queue, { 'test.work': 10 });
	await queue.enqueue(aJob('first'));
	await turn();
	await queue.enqueue(aJob('alone', { alone: true }));
	await queue.enqueue(aJob('later'));
	await turn();
	expect(consumer.taken).toEqual(['first.step.1']);
	consumer.end('first.step.1');
	await turn();
	await queue.enqueue(aJob('last'));
	await turn();
	expect(consumer.taken).toEqual(['first.step.1', 'alone.step.1']);
	consumer.end('alone.step.1');
	await turn();
	expect(consumer.taken).toEqual(['first.step.1', 'alone.step.1', 'later.step.1', 'last.step.1']);
});

test('gives the others a turn between two alone jobs', async () => {
	const queue = new InProcessJobQueue();
	for (const task of ['alone1', 'alone2']) await queue.enqueue(aJob(task, { alone: true }));
	await queue.enqueue(aJob('other'));
	const consumer = new TakingConsumer(queue, { 'test.work': 10 });
	for (let n = 0; n < 3; n++) {
		await turn();
		consumer.endAll();
	}
	expect(consumer.taken).toEqual(['alone1.step.1', 'other.step.1', 'alone2.step.1']);
});

test('lets an alone job that no host can take hold nobody back', async () => {
	const queue = new InProcessJobQueue();
	await queue.enqueue(aJob('alone', { alone: true, capability: 'test.nobody-has-this' }));
	await queue.enqueue(aJob('other'));
	const consumer = new TakingConsumer(queue, { 'test.work': 1 });
	await turn();
	expect(consumer.taken).toEqual(['other.step.1']);
});

test('lets the others go on when an alone job that held them back is cancelled', async () => {
	const queue = new InProcessJobQueue();
	const consumer = new TakingConsumer(queue, { 'test.work': 10 });
	await queue.enqueue(aJob('first'));
	await turn();
	await queue.enqueue(aJob('alone', { alone: true }));
	await queue.enqueue(aJob('later'));
	await turn();
	await queue.cancel('alone.step.1');
	await turn();
	expect(consumer.taken).toEqual(['first.step.1', 'later.step.1']);
});

test('tells what waits and what runs, by capability', async () => {
	const queue = new InProcessJobQueue();
	const consumer = new TakingConsumer(queue, { 'test.work': 1 });
	expect(queue.depths()).toEqual([]);
	for (const name of ['a', 'b', 'c']) await queue.enqueue(aJob(name));
	await queue.enqueue(aJob('other', { capability: 'test.other' }));
	await turn();
	const depths = queue.depths();
	expect(depths).toMatchObject([
		{ capability: 'test.work', waiting: 2, running: 1 },
		{ capability: 'test.other', waiting: 1, running: 0 },
	]);
	expect(depths.every(({ oldestWaitMs }) => oldestWaitMs >= 0 && oldestWaitMs < 60_000)).toBe(true);
	await queue.cancel('c.step.1');
	consumer.endAll();
	await turn();
	consumer.endAll();
	await turn();
	expect(queue.depths()).toMatchObject([{ capability: 'test.other', waiting: 1, running: 0 }]);
});
