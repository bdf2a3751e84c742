import { setTimeout as wait } from 'node:timers/promises';
import type { ICapability } from '@errand/core/ports/capability.ts';
import { catalogue as shipped } from '@errand/workers/catalogue.ts';
import { z } from 'zod';

const Waiting = z.object({
	ms: z.int().min(0).max(600_000),
	say: z.string().default('done'),
	after: z.json().optional(),
});

/** Waits and answers, in the host or in a child. */
const waiting = (name: string, placement: ICapability['placement']): ICapability => ({
	name,
	version: 1,
	summary: 'Waits some milliseconds and says something.',
	input: Waiting,
	output: z.object({ text: z.string() }),
	effects: 'none',
	pure: false,
	placement,
	concurrency: 100,
	async run(input, { signal }) {
		const { ms, say } = Waiting.parse(input);
		await wait(ms, undefined, { signal });
		return { text: say };
	},
});

/** Never gives the processor back. */
const blocking: ICapability = {
	...waiting('test.block', 'process'),
	summary: 'Blocks its process for ever.',
	async run(_input, context) {
		context.progress({ text: 'blocking' });
		await wait(50);
		for (;;);
	},
};

const Big = z.object({ bytes: z.int() });
const big: ICapability = {
	...waiting('test.big', 'process'),
	summary: 'Gives an output of so many bytes.',
	input: Big,
	output: z.object({ text: z.string() }),
	async run(input) {
		return { text: 'x'.repeat(Big.parse(input).bytes) };
	},
};

const noop: ICapability = {
	...waiting('test.noop', 'inline'),
	summary: 'Does nothing.',
	input: z.object({ after: z.json().optional() }),
	output: z.object({ ok: z.boolean() }),
	async run() {
		return { ok: true };
	},
};

/** catalogue is what ships with Errand and what only tests and benches need. */
export const catalogue: readonly ICapability[] = [
	...shipped,
	waiting('test.wait', 'inline'),
	waiting('test.wait-in-child', 'process'),
	blocking,
	big,
	noop,
	{ ...noop, name: 'test.noop-in-child', placement: 'process' },
];
