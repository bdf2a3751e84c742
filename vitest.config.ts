import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { serversMissing } from './test/support/servers-missing.ts';

// `unit` is quick and needs nothing installed; the others start real processes, browsers and servers on loopback.
export default defineConfig({
	test: {
		projects: [
			{
				test: {
					name: 'unit',
					include: ['{apps,packages}/*/src/**/*.test.ts', 'test/{architecture,integration}/*.test.ts'],
					// One more than there are processors, because many of them wait for processes of their own.
					maxWorkers: availableParallelism() + 1,
					// Files of one worker share their modules, which halves the time; no test changes what they hold.
					isolate: false,
					// On a busy machine the slowest take many times as long as on a quiet one.
					testTimeout: 20_000,
					hookTimeout: 20_000,
				},
			},
			{
				test: {
					name: 'end-to-end',
					include: ['test/{e2e,chaos}/**/*.test.ts'],
					testTimeout: 120_000,
					hookTimeout: 60_000,
					fileParallelism: false,
				},
			},
			{
				test: {
					name: 'cluster',
					...withServers('test/cluster/**/*.test.ts'),
					testTimeout: 60_000,
					hookTimeout: 60_000,
				},
			},
		],
	},
});

/** Tests that need a Redis and a Postgres; where they cannot be had, one test stands for them all and says why. */
function withServers(include: string) {
	if (serversMissing() !== undefined) return { include: ['test/cluster/support/skipped.ts'] };
	return { include: [include], globalSetup: ['test/cluster/support/servers-of-the-run.ts'] };
}
