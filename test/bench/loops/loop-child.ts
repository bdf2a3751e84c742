import { inFlight, type Timed } from '../figures.ts';
import type { LoopRequest } from './loop-process.ts';
import type { StepLoop } from './step-loop.ts';

// The process in which one loop runs and is timed: `loop-child.ts <module> <arguments of openLoop>`.
const [module = '', ...given] = process.argv.slice(2);
const { openLoop } = (await import(module)) as { openLoop: (...given: string[]) => StepLoop | Promise<StepLoop> };
const loop = await openLoop(...given);
process.on('message', (request: LoopRequest) => {
	const { levels, count, width, until } = request;
	const timed = until === 'begun' ? untilBegun(request) : inFlight(count, width, () => loop.run(levels));
	void timed.then((figures) => process.send?.(figures));
});
process.once('disconnect', async () => {
	await loop.close();
	process.exit(0);
});
process.send?.('open');

/** One by one, and each to its end, so that none begins beside another. */
async function untilBegun({ levels, count }: LoopRequest): Promise<Timed> {
	const times: number[] = [];
	const before = performance.now();
	for (let index = 0; index < count; index++) {
		const from = performance.now();
		await loop.run(levels, (at = performance.now()) => times.push(at - from));
	}
	return { perSecond: (count / (performance.now() - before)) * 1_000, times };
}
