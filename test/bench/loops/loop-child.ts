import { inFlight } from '../figures.ts';
import type { LoopRequest } from './loop-process.ts';
import type { StepLoop } from './step-loop.ts';

// The process in which one loop runs and is timed: `loop-child.ts <module> <arguments of openLoop>`.
const [module = '', ...given] = process.argv.slice(2);
const { openLoop } = (await import(module)) as { openLoop: (...given: string[]) => StepLoop | Promise<StepLoop> };
const loop = await openLoop(...given);
process.on('message', ({ levels, count, width }: LoopRequest) => {
	void inFlight(count, width, () => loop.run(levels)).then((timed) => process.send?.(timed));
});
process.once('disconnect', async () => {
	await loop.close();
	process.exit(0);
});
process.send?.('open');
