import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { IJobQueue, IJobSource } from '../ports/job-queue.ts';
import { aJob } from './a-job.ts';

/** TakingConsumer takes jobs within its slots, keeps them until told to end them, and remembers the order. */
export class TakingConsumer {
	readonly taken: string[] = [];
	readonly signals = new Map<string, AbortSignal>();
	readonly #slots: Map<string, number>;
	readonly #consumption: ReturnType<IJobSource['consume']>;
	readonly #capabilities = new Map<string, string>();

	constructor(queue: IJobSource, slots: Readonly<Record<string, number>>) {
		this.#slots = new Map(Object.entries(slots));
		this.#consumption = queue.consume({
			freeSlots: (capability) => this.#slots.get(capability) ?? 0,
			take: (job, _run, signal) => {
				this.#count(job.capability, -1);
				this.#capabilities.set(job.id, job.capability);
				this.taken.push(job.id);
				this.signals.set(job.id, signal);
			},
		});
	}

	/** The job has ended and its slot is free again. */
	end(jobId: string): void {
		const capability = this.#capabilities.get(jobId);
		if (capability === undefined || !this.#capabilities.delete(jobId)) return;
		this.#count(capability, 1);
		this.#consumption.settled(jobId);
		this.#consumption.freed();
	}

	/** Ends everything as it comes. */
	endAll(): void {
		for (const jobId of [...this.#capabilities.keys()]) this.end(jobId);
	}

	stop(): void {
		this.#consumption.stop();
	}

	#count(capability: string, change: number): void {
		this.#slots.set(capability, (this.#slots.get(capability) ?? 0) + change);
	}
}

/** jobQueueContract declares what every IJobQueue promises. */
export function jobQueueContract(
	name: string,
	setup: () => Promise<IJobQueue & IJobSource>,
	teardown: () => Promise<void>,
): void {
	describe(`${name} keeps the job queue contract`, () => {
		let queue: IJobQueue & IJobSource;
		beforeEach(async () => {
			queue = await setup();
		});
		afterEach(teardown);

		test('hands a job to a consumer that has a free slot for its capability', async () => {
			const consumer = new TakingConsumer(queue, { 'test.work': 1 });
			await queue.enqueue(aJob('a'));
			await vi.waitFor(() => expect(consumer.taken).toEqual(['a.step.1']));
		});

		test('keeps jobs for a consumer that comes later', async () => {
			await queue.enqueue(aJob('a'));
			const consumer = new TakingConsumer(queue, { 'test.work': 1 });
			await vi.waitFor(() => expect(consumer.taken).toEqual(['a.step.1']));
		});

		test('takes a second enqueue of the same id for the same job, waiting or running', async () => {
			await queue.enqueue(aJob('a'));
			await queue.enqueue(aJob('a'));
			const consumer = new TakingConsumer(queue, { 'test.work': 5 });
			await vi.waitFor(() => expect(consumer.taken).toEqual(['a.step.1']));
			await queue.enqueue(aJob('a'));
			await queue.enqueue(aJob('b'));
			await vi.waitFor(() => expect(consumer.taken).toEqual(['a.step.1', 'b.step.1']));
		});

		test('hands out no more than the free slots, and goes on when one is freed', async () => {
			const consumer = new TakingConsumer(queue, { 'test.work': 2 });
			for (const task of ['a', 'b', 'c']) await queue.enqueue(aJob(task));
			await vi.waitFor(() => expect(consumer.taken).toEqual(['a.step.1', 'b.step.1']));
			consumer.end('a.step.1');
			await vi.waitFor(() => expect(consumer.taken).toEqual(['a.step.1', 'b.step.1', 'c.step.1']));
		});

		test('lets a full capability hold up no other', async () => {
			const consumer = new TakingConsumer(queue, { 'test.work': 0, 'test.other': 1 });
			await queue.enqueue(aJob('a'));
			await queue.enqueue(aJob('b', { capability: 'test.other' }));
			await vi.waitFor(() => expect(consumer.taken).toEqual(['b.step.1']));
		});

		test('never hands out a waiting job that was cancelled', async () => {
			await queue.enqueue(aJob('a'));
			await queue.enqueue(aJob('b'));
			await queue.cancel('a.step.1');
			const consumer = new TakingConsumer(queue, { 'test.work': 5 });
			await vi.waitFor(() => expect(consumer.taken).toEqual(['b.step.1']));
		});

		test('aborts a running job that is cancelled, even after its consumer stopped taking more', async () => {
			const consumer = new TakingConsumer(queue, { 'test.work': 2 });
			await queue.enqueue(aJob('a'));
			await queue.enqueue(aJob('b'));
			await vi.waitFor(() => expect(consumer.taken).toHaveLength(2));
			await queue.cancel('a.step.1');
			await vi.waitFor(() => expect(consumer.signals.get('a.step.1')?.aborted).toBe(true));
			consumer.stop();
			await queue.cancel('b.step.1');
			await vi.waitFor(() => expect(consumer.signals.get('b.step.1')?.aborted).toBe(true));
		});

		test('ignores a cancel of a job it does not know', async () => {
			await expect(queue.cancel('nobody.step.1')).resolves.toBeUndefined();
		});

		test('gives a consumer that stopped nothing more', async () => {
			const gone = new TakingConsumer(queue, { 'test.work': 5 });
			gone.stop();
			await queue.enqueue(aJob('a'));
			const other = new TakingConsumer(queue, { 'test.work': 5 });
			await vi.waitFor(() => expect(other.taken).toEqual(['a.step.1']));
			expect(gone.taken).toEqual([]);
		});
	});
}
