import { jobQueueContract } from '@errand/core/testing/job-queue.contract.ts';
import { inject } from 'vitest';
import { aWorker, Dispatch, ToldRegistry } from './support/dispatch.ts';

let dispatch: Dispatch;

jobQueueContract(
	'BullJobQueue with BullJobSource',
	async () => {
		dispatch = new Dispatch(inject('redisUrl'));
		const queue = await dispatch.queue(new ToldRegistry(aWorker('worker')));
		const source = await dispatch.source('worker');
		return {
			lostWith: queue.lostWith,
			enqueue: (job) => queue.enqueue(job),
			cancel: (jobId) => queue.cancel(jobId),
			holds: (jobId) => queue.holds(jobId),
			onDoubt: (listener) => queue.onDoubt(listener),
			consume: (consumer) => {
				const consumption = source.consume(consumer);
				return {
					...consumption,
					settled: (jobId) => {
						queue.settled(jobId);
						consumption.settled(jobId);
					},
				};
			},
		};
	},
	() => dispatch.close(),
);
