import { Queue, Worker } from 'bullmq';
import { bareConnection } from './bare-cluster-loop.ts';

// A worker of the bare cluster loop: `bare-worker.ts <Redis>`. It does nothing and says so through a queue.
const connection = bareConnection(process.argv[2] ?? '');
const outcomes = new Queue('bare-outcomes', { connection, defaultJobOptions: { removeOnComplete: true } });
const worker = new Worker(
	'bare',
	async ({ data }: { data: { step: string } }) => {
		await outcomes.add('outcome', { step: data.step, output: { ok: true } });
	},
	{ connection, concurrency: 100, removeOnComplete: { count: 0 } },
);
worker.on('error', (error) => console.error(error));
await worker.waitUntilReady();
process.send?.('open');
process.once('disconnect', () => process.exit(0));
