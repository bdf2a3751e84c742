import type { Json } from '@errand/core/domain/json.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import type { RunOutcome } from '@errand/core/ports/job-queue.ts';
import { aJob } from '@errand/core/testing/a-job.ts';
import { FakeClock } from '@errand/core/testing/fake-clock.ts';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { RunRequest } from '../runs/runner.ts';
import { JobRun } from './job-run.ts';
import { OutcomeReporter } from './outcome-reporter.ts';

const log = { debug() {}, info() {}, warn() {}, error() {} };

/** A run of a capability that may take five seconds, in a child that begins when it is told to. */
async function aRun(timeoutMs: number) {
	const clock = new FakeClock();
	const outcomes: RunOutcome[] = [];
	const begun = Promise.withResolvers<RunRequest>();
	const capability: ICapability = {
		...{ name: 'test.work', version: 1, summary: 'Works.', input: z.json(), output: z.json(), effects: 'none' },
		...{ pure: false, placement: 'process', concurrency: 1, timeoutMs: 5_000, run: async (): Promise<Json> => null },
	};
	const children = {
		start: (request: RunRequest) => {
			const { promise: outcome, resolve } = Promise.withResolvers<RunOutcome>();
			begun.resolve(request);
			return { outcome, stop: () => resolve({ kind: 'lost', cause: 'drained' }) };
		},
	};
	const reports = {
		started: async () => true,
		ended: async (_: unknown, outcome: RunOutcome) => void outcomes.push(outcome),
	};
	const run = new JobRun(
		{ job: aJob('t', { timeoutMs }), run: 1, capability },
		{
			...{ worker: 'one', clock, log, children, inline: children, services: {}, onProgress: () => {} },
			...{ reporter: new OutcomeReporter(reports, clock, log), openWorkspace: async () => '' },
			cache: { get: async () => undefined, put: async () => {}, eraseOf: async () => {} },
		},
	);
	const lived = run.live();
	return { clock, lived, outcomes, request: await begun.promise };
}

test('counts the time of a capability from when its handler begins, however long a process takes to be there', async () => {
	const { clock, lived, outcomes, request } = await aRun(5_000);
	await clock.advance(60_000);
	expect(outcomes).toEqual([]);
	request.onBegin?.();
	await clock.advance(4_999);
	expect(outcomes).toEqual([]);
	await clock.advance(1);
	await lived;
	expect(outcomes).toHaveLength(1);
});

test('holds what a plan limits to that from the start', async () => {
	const { clock, lived, outcomes } = await aRun(3_000);
	await clock.advance(3_000);
	await lived;
	expect(outcomes).toHaveLength(1);
});
