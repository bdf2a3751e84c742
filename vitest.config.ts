import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { serversMissing } from './test/support/servers-missing.ts';

const SERVERS = 'test/cluster/support/servers-of-the-run.ts';
/** What tests wait for may come late on a busy machine; only what never comes fails. */
const PATIENT = { setupFiles: ['test/support/patient-waits.ts'], expect: { poll: { timeout: 20_000 } } };
/** One more than there are processors, because most tests wait for processes, servers and people. */
const SIDE_BY_SIDE = availableParallelism() + 1;

/** Locks of half a second are in them: on a machine that is taken by others, they would run out. */
const PROMPT = ['test/cluster/{dispatch-failures,dispatch-routes,worker-process}.test.ts'];
/** They kill one server of their own and wait for it: the machine is theirs at no time. */
const KILL_ONE = ['test/chaos/{sigkill,workflow-boundaries}.test.ts'];
/** They kill parts of a cluster whose leases are short, or take all of the machine: nothing runs beside them. */
const ALONE = [
	...(serversMissing() === undefined ? PROMPT : []),
	'test/chaos/{backlog-kills,cluster-*,frontends-storm,workflow-boundaries-cluster}.test.ts',
];

/** They start processes or servers, or read whole documents, and have no place among quick ones. */
const WITH_PROCESSES = [
	'test/integration/*.test.ts',
	'apps/workers/src/{open-workers,children/*,scaling/local/*,tools/{open-module-source,mcp/hostile-servers}}.test.ts',
	'packages/core/src/adapters/sqlite/killed-writer.test.ts',
	'packages/core/src/models/embeddings/finding-again.test.ts',
	'packages/core/src/adapters/files/{killed-project-writer,project-files}.test.ts',
	'packages/core/src/adapters/git/git-work.test.ts',
	'packages/core/src/{domain/lenient-json,planning/rules/plan-by-rules}.test.ts',
	'packages/core/src/orchestrator/backlogs/autopilot/autopilot-tools.test.ts',
	'packages/core/src/orchestrator/backlogs/backlog-streams.test.ts',
	'packages/core/src/models/{router/model-router,openai/hostile-server,openai/openai-model}.test.ts',
	'apps/gateway/src/{socket/socket-server,mcp/http/mcp-http,mcp/http/mcp-resumption,workflow/workflow-command}.test.ts',
	'apps/gateway/src/http/{app,login,people,task-streams}.test.ts',
	'apps/workers/src/{documents/parse-document,browsing/extract-fields}.test.ts',
	'apps/workers/src/capabilities/{text-with-model,web-gather,web-links,web-monitor,web-read}.test.ts',
];

/** Suites that hold a server to its promises and run again on a cluster in its place; `npm run test:cluster` runs all that can. */
const WHOLE_CLUSTER = process.env['ERRAND_TEST_MODE'] === 'cluster';
const ALSO_IN_A_CLUSTER = WHOLE_CLUSTER ? ['test/e2e/**/*.test.ts'] : ['test/e2e/{client,follow-ups}.test.ts'];
/** They start no server, only a part of one in their own process. */
const NOT_IN_A_CLUSTER = [
	'test/e2e/{browser-guard,browser-sessions,compare-policies,hostile-html,hostile-text,page-streaming}.test.ts',
	'test/e2e/{llama-model,model-command,setup-frontend,setup-model,talking-points,terminal-streaming}.test.ts',
	'test/e2e/frontends/{discord,sms,telegram}-adapter.test.ts',
];

// Groups run one after the other. `unit` is quick and needs nothing installed; the others start real processes, browsers and
// servers on loopback.
export default defineConfig({
	test: {
		projects: [
			{
				test: {
					name: 'unit',
					include: ['{apps,packages}/*/src/**/*.test.ts', 'test/{architecture,deploy}/*.test.ts'],
					exclude: WITH_PROCESSES,
					maxWorkers: SIDE_BY_SIDE,
					// Files of one worker share their modules, which halves the time; no test changes what they hold.
					isolate: false,
					// On a busy machine the slowest take many times as long as on a quiet one. What is given hostile input says nothing
					// of time itself: whatever takes more than time by its length runs into this.
					testTimeout: 60_000,
					hookTimeout: 60_000,
					...PATIENT,
				},
			},
			{
				test: {
					name: 'integration',
					include: WITH_PROCESSES,
					testTimeout: 60_000,
					hookTimeout: 60_000,
					...sideBySide(),
				},
			},
			{
				test: {
					name: 'end-to-end',
					include: ['test/{e2e,simulation}/**/*.test.ts', 'test/mcp/*.test.ts', ...KILL_ONE],
					testTimeout: 120_000,
					hookTimeout: 120_000,
					...sideBySide(),
				},
			},
			{
				test: {
					name: 'cluster',
					...withServers(['test/cluster/**/*.test.ts']),
					exclude: PROMPT,
					testTimeout: 120_000,
					hookTimeout: 120_000,
					...sideBySide(),
				},
			},
			{
				test: {
					name: 'cluster-mode',
					...withServers(ALSO_IN_A_CLUSTER),
					exclude: NOT_IN_A_CLUSTER,
					env: { ERRAND_TEST_MODE: 'cluster' },
					testTimeout: 180_000,
					hookTimeout: 120_000,
					...sideBySide(),
					// Each of them is five processes that start at once.
					...(WHOLE_CLUSTER ? { maxWorkers: 2 } : {}),
				},
			},
			{
				test: {
					name: 'alone',
					include: ALONE,
					globalSetup: [SERVERS],
					testTimeout: 120_000,
					hookTimeout: 60_000,
					...PATIENT,
					fileParallelism: false,
					sequence: { groupOrder: 2 },
				},
			},
		],
	},
});

/** Tests that mostly wait. */
function sideBySide() {
	return { ...PATIENT, maxWorkers: SIDE_BY_SIDE, maxConcurrency: 12, sequence: { groupOrder: 1 } };
}

/** Tests that need a Redis and a Postgres; where they cannot be had, one test stands for them all and says why. */
function withServers(include: string[]) {
	if (serversMissing() !== undefined) return { include: ['test/cluster/support/skipped.ts'] };
	return { include, globalSetup: [SERVERS] };
}
