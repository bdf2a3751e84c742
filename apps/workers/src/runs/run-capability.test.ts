import { asPersonId, asTaskId } from '@errand/core/domain/ids.ts';
import type { ICapability, RunContext } from '@errand/core/ports/capability.ts';
import type { RunOutcome } from '@errand/core/ports/job-queue.ts';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { MAX_OUTPUT_BYTES, runCapability } from './run-capability.ts';
import { HandlerContext, StopSwitch } from './run-context.ts';
import { openRunResources } from './run-resources.ts';

async function run(
	handler: (input: unknown, context: RunContext) => Promise<unknown>,
	more: Partial<ICapability> = {},
): Promise<RunOutcome> {
	const scope = { taskId: asTaskId('t'), person: asPersonId('anna'), answers: [], workspace: undefined };
	const resources = openRunResources({ dataDir: '/nowhere', allowPrivateHosts: [] });
	const context = new HandlerContext(scope, { resources, services: {}, stop: new StopSwitch(), onProgress: () => {} });
	const capability: ICapability = {
		name: 'test.work',
		version: 1,
		summary: 'Works.',
		input: z.unknown(),
		output: z.unknown(),
		effects: 'none',
		pure: false,
		placement: 'inline',
		concurrency: 1,
		run: handler,
		...more,
	};
	return (await runCapability(capability, { count: '3' }, context)).outcome;
}

test('gives the handler its parsed input, and passes the parsed output on', async () => {
	const input = z.object({ count: z.coerce.number(), unit: z.string().default('m') });
	const output = z.object({ length: z.string() });
	const outcome = await run(
		async (given) => {
			const { count, unit } = input.parse(given);
			return { length: `${count + 1} ${unit}`, secret: 'not in the schema' };
		},
		{ input, output },
	);
	expect(outcome).toEqual({ kind: 'completed', output: { length: '4 m' }, origins: [] });
});

test('takes no output for null', async () => {
	expect(await run(async () => undefined)).toMatchObject({ kind: 'completed', output: null });
});

test('measures the size of an output in bytes', async () => {
	const wide = 'ü'.repeat(MAX_OUTPUT_BYTES / 2 - 1);
	expect(await run(async () => wide)).toMatchObject({ kind: 'completed' });
	expect(await run(async () => `${wide}ü`)).toMatchObject({
		kind: 'failed',
		failure: { kind: 'permanent', code: 'too-large' },
	});
});

test.each([
	['a number too big for JSON', () => ({ count: 1n })],
	[
		'a value that holds itself',
		() => {
			const loop: Record<string, unknown> = {};
			loop['self'] = loop;
			return loop;
		},
	],
])('fails for good when the output is %s', async (_what, make) => {
	expect(await run(async () => make())).toMatchObject({
		kind: 'failed',
		failure: { kind: 'permanent', code: 'internal' },
	});
});

test('fails when a handler throws before it returns a promise', async () => {
	const handler = () => {
		throw new TypeError('broken at once');
	};
	expect(await run(handler)).toMatchObject({ kind: 'failed', failure: { kind: 'retryable', code: 'internal' } });
});

test('does not let a handler ask nothing', async () => {
	expect(await run(async (_input, context) => context.ask([]))).toMatchObject({ kind: 'failed' });
});
