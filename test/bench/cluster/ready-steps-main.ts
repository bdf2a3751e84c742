import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { asPersonId, asStepId, asTaskId } from '@errand/core/domain/ids.ts';
import type { Job } from '@errand/core/ports/job-queue.ts';
import { type BenchPlace, openBenchGateway } from './bench-gateway.ts';

// `ready-steps-main.ts <place> <steps> <released>`: hands steps to the queue of a gateway and says what holding and releasing them takes.
const [place = '', steps = '', released = ''] = process.argv.slice(2);
const gateway = await openBenchGateway(JSON.parse(place) as BenchPlace);
const people = Array.from({ length: 100 }, (_, n) => asPersonId(`person-${n}`));
const rest = await memory();

const before = performance.now();
for (let n = 0; n < Number(steps); n++) {
	await gateway.queue.enqueue(jobOf(n));
	// As appends do, which come between.
	if (n % 1_000 === 0) await new Promise((resolve) => setImmediate(resolve));
}
const enqueueMs = performance.now() - before;
const full = await memory();
// Nothing was released so far: there was no worker.
process.send?.({ perStep: (full - rest) / Number(steps), enqueuedPerSecond: (Number(steps) / enqueueMs) * 1_000 });

await new Promise<void>((resolve) => process.once('message', () => resolve()));
const from = performance.now();
let settled = 0;
const done = new Promise<void>((resolve) => {
	const settle = gateway.queue.settled.bind(gateway.queue);
	gateway.queue.settled = (jobId) => {
		settle(jobId);
		if (++settled === Number(released)) resolve();
	};
});
const late: number[] = [];
const watch = setInterval(() => {
	const asked = performance.now();
	setImmediate(() => late.push(performance.now() - asked));
}, 20);
await Promise.race([done, wait(20_000)]);
clearInterval(watch);
process.send?.({ releasedPerSecond: (settled / (performance.now() - from)) * 1_000, slowestTurnMs: Math.max(...late) });

/** Like a step that reads a page: no two inputs are the same object. */
function jobOf(n: number): Job {
	const taskId = asTaskId(`${randomUUID().slice(0, 18)}`);
	const stepId = asStepId('read');
	return {
		...{ id: `${taskId}.${stepId}.1`, taskId, stepId, attempt: 1, capability: 'test.noop' },
		input: { after: `https://example.com/articles/${n}?of=${'x'.repeat(100)}` },
		...{ timeoutMs: 30_000, person: people[n % people.length] ?? asPersonId('person'), answers: [], origins: [] },
		...{ effects: 'none', allowance: { tokens: 1_000_000, microUsd: 1_000_000 }, alone: false },
	};
}

async function memory(): Promise<number> {
	await wait(200);
	globalThis.gc?.();
	const { heapUsed, external } = process.memoryUsage();
	return heapUsed + external;
}
