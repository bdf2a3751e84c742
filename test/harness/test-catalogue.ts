import { setTimeout as wait } from 'node:timers/promises';
import { CoreError } from '@errand/core/domain/errors.ts';
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

const Knock = Waiting.extend({ url: z.string(), holdsTheThread: z.boolean().default(false) });
const knocking: ICapability = {
	...waiting('test.knock', 'process'),
	summary:
		'Says at a door that it has started, and goes on for some milliseconds; it may hold its thread all the while.',
	input: Knock,
	async run(input, { signal }) {
		const { url, ms, say, holdsTheThread } = Knock.parse(input);
		await (await fetch(url, { method: 'POST', signal })).arrayBuffer();
		if (holdsTheThread) for (const until = Date.now() + ms; Date.now() < until; );
		else await wait(ms, undefined, { signal });
		return { text: say };
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

const Counting = z.object({
	url: z.url(),
	key: z.string().optional(),
	ms: z.int().default(0),
	after: z.json().optional(),
});
/** Does something to the world that cannot be taken back, and takes a while to say so. */
const count: ICapability = {
	...waiting('test.count', 'process'),
	summary: 'Asks an address once, waits some milliseconds and says that it did.',
	input: Counting,
	effects: 'external',
	async run(input, { fetch, signal }) {
		const { url, key, ms } = Counting.parse(input);
		if (key === undefined) await (await fetch(url, { signal })).text();
		else {
			await wait(ms, undefined, { signal });
			await (await globalThis.fetch(url, { method: 'POST', body: key, signal })).text();
		}
		await wait(ms, undefined, { signal });
		return { text: key ?? 'counted' };
	},
};

const Items = z.object({ items: z.array(z.string()) });
const list: ICapability = {
	...noop,
	name: 'test.list',
	summary: 'Gives back a list, for steps that run once for each item.',
	input: Items,
	output: Items,
	async run(input) {
		return Items.parse(input);
	},
};

/** Tells when it started, by the clock that all processes of a machine share. */
const when: ICapability = {
	...waiting('test.when', 'inline'),
	summary: 'Says at once when it started, and says so again as its output.',
	input: z.object({ after: z.json().optional() }),
	output: z.object({ startedAt: z.string() }),
	async run(_input, { progress }) {
		const startedAt = String(process.hrtime.bigint());
		progress({ text: startedAt });
		return { startedAt };
	},
};

const Act = z.object({
	door: z.url(),
	run: z.string(),
	step: z.string(),
	say: z.json().default(null),
	ms: z.int().default(0),
	after: z.json().optional(),
});
/** Does something at a door, which notes it, may refuse it, and may take for ever to answer. */
const acting = (name: string, placement: ICapability['placement']): ICapability => ({
	...waiting(name, placement),
	summary: 'Does something at a door, and gives what it was told to say.',
	input: Act,
	output: z.object({ said: z.json() }),
	effects: 'idempotent',
	retry: { maxAttempts: 10, waitsMs: [20] },
	async run(input, { signal }) {
		const { door, run, step, say, ms } = Act.parse(input);
		const body = JSON.stringify({ run, step });
		const response = await globalThis.fetch(door, { method: 'POST', body, signal });
		await response.arrayBuffer();
		if (!response.ok)
			throw new CoreError('fetch-failed', `The door is shut: ${response.status}.`, { hint: 'Knock again.' });
		await wait(ms, undefined, { signal });
		return { said: say };
	},
});

/** catalogue is what ships with Errand and what only tests and benches need. */
export const catalogue: readonly ICapability[] = [
	...shipped,
	waiting('test.wait', 'inline'),
	waiting('test.wait-in-child', 'process'),
	blocking,
	knocking,
	big,
	noop,
	list,
	count,
	acting('test.act', 'inline'),
	acting('test.act-in-child', 'process'),
	{ ...noop, name: 'test.noop-in-child', placement: 'process' },
	when,
	{ ...when, name: 'test.when-in-child', placement: 'process' },
];
