import { FlowProducer, Worker } from 'bullmq';
import type { StepLoop } from '../loops/step-loop.ts';

const QUEUE = 'steps';
const connectionOf = (url: string) => ({
	host: '127.0.0.1',
	port: Number(new URL(url).port),
	maxRetriesPerRequest: null,
});

/**
 * openLoop opens BullMQ on a Redis: a chain is one flow, leaf first. Flows are trees, so 1→10→1 is a job that adds the
 * flow of the ten and their join, which is how BullMQ lets a job go on to several others.
 */
export async function openLoop(url: string): Promise<StepLoop> {
	const connection = connectionOf(url);
	const flows = new FlowProducer({ connection });
	const ended = new Map<string, () => void>();
	let count = 0;
	let begins: ((at?: number) => void) | undefined;
	const step = (name: string, children: object[] = [], data: object = {}) => ({
		name,
		queueName: QUEUE,
		data,
		children: children as never[],
		opts: { removeOnComplete: true },
	});
	const chainOf = (length: number, data: object) => {
		let made = step(length === 1 ? 'last' : 'first', [], data);
		for (let index = 1; index < length; index++) made = step(index === length - 1 ? 'last' : 'next', [made], data);
		return made;
	};
	const worker = new Worker(
		QUEUE,
		async (job) => {
			begins?.();
			begins = undefined;
			const { chain, width } = job.data as { chain: string; width?: number };
			if (width === undefined) return { ok: true };
			const fan = Array.from({ length: width }, () => step('fan', [], { chain }));
			await flows.add(step('last', fan, { chain }));
			return { ok: true };
		},
		{ connection, concurrency: 100 },
	);
	worker.on('completed', (job) => {
		if (job.name === 'last') ended.get(job.data.chain as string)?.();
	});
	worker.on('error', (error) => console.error(error));
	await worker.waitUntilReady();
	return {
		async run(levels, begun) {
			begins = begun;
			const chain = `chain-${count++}`;
			const end = new Promise<void>((resolve) => ended.set(chain, resolve));
			const width = levels[1] ?? 1;
			if (width > 1) await flows.add(step('first', [], { chain, width }));
			else await flows.add(chainOf(levels.length, { chain }));
			await end;
			ended.delete(chain);
		},
		async close() {
			await worker.close();
			await flows.close();
		},
	};
}
