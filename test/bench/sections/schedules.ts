import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { asPersonId, asScheduleId, scheduleStream } from '@errand/core/domain/ids.ts';
import { ScheduleRule, ScheduleWhat } from '@errand/core/domain/schedule/schedule.ts';
import { openEmbedded } from '@errand/core/infrastructure/open-embedded.ts';
import { openWebhookSender } from '@errand/core/infrastructure/open-webhook-sender.ts';
import { Orchestrator } from '@errand/core/orchestrator/orchestrator.ts';
import { PeopleDesk } from '@errand/core/orchestrator/people/people-desk.ts';
import { scheduleDecider } from '@errand/core/orchestrator/schedules/schedule-decider.ts';
import { CatalogueAdmission } from '@errand/core/planning/catalogue-admission.ts';
import { LiveCatalogue } from '@errand/core/planning/live-catalogue.ts';
import { RulesPlanner } from '@errand/core/planning/rules/rules-planner.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import { openWorkers } from '@errand/workers/open-workers.ts';
import { deskParts } from '../../harness/desk-parts.ts';
import { catalogue } from '../../harness/test-catalogue.ts';
import { spreadOf } from '../figures.ts';
import { megabytes, ms, rate, type Section } from '../section.ts';

const quiet: ILogger = { debug() {}, info() {}, warn: console.warn, error: console.error };
const SCHEDULES = 100_000;
const WITHIN_MS = 60_000;
const LEAD_MS = 5_000;
const WORKFLOW = 'name: tick\nsteps:\n  - use: test.wait\n    with: { ms: 0 }\n';
/** Everything that is due is done by so long after the last one. */
const PATIENCE_MS = 240_000;
const OWNER = asPersonId('owner');

/** measureSchedules sets up very many schedules that fall due within a minute, starts a server on them and counts how late each begins. */
export async function measureSchedules(count: number = SCHEDULES): Promise<Section> {
	const dataDir = mkdtempSync(join(tmpdir(), 'errand-bench-schedules-'));
	const workflowsDir = join(dataDir, 'workflows');
	mkdirSync(workflowsDir);
	writeFileSync(join(workflowsDir, 'tick.yaml'), WORKFLOW);
	const ports = await openEmbedded({ dataDir, log: quiet });
	const catalogueUrl = import.meta.resolve('../../harness/test-catalogue.ts');
	const workers = openWorkers({ ...ports, catalogue, catalogueUrl, dataDir, allowPrivateHosts: [] });
	const live = new LiveCatalogue(catalogue);
	const orchestrator = new Orchestrator(ports, {
		planner: new RulesPlanner(live),
		admission: new CatalogueAdmission(live),
		sessions: workers.sessions,
		frontend: () => undefined,
		people: new PeopleDesk({ ...ports, owners: [], forgetEverything: async () => 0 }),
		...deskParts(ports, [], { catalogue: live, workflowsDir }),
		webhookSender: openWebhookSender({ allowPrivateHosts: [] }),
	});
	workers.start(orchestrator.runs);
	const late: number[] = [];
	let done = 0;
	const stopListening = ports.bus.subscribe('facts', ({ facts }) => {
		for (const { type, data } of facts) {
			if (type === 'ScheduleFired') late.push(Date.now() - Number(data['due']));
			if (type === 'TaskCompleted') done += 1;
		}
	});
	try {
		// Written well ahead of their time, however long that takes.
		const created = Date.now();
		const first = created + LEAD_MS + count * 0.4;
		await setUp(ports.store, { count, first });
		globalThis.gc?.();
		const before = process.memoryUsage().rss;
		const from = performance.now();
		await orchestrator.resume();
		const start = performance.now() - from;
		globalThis.gc?.();
		const memory = process.memoryUsage().rss - before;
		const early = first - Date.now();
		let peak = 0;
		while (done < count && Date.now() < first + WITHIN_MS + PATIENCE_MS) {
			await wait(200);
			peak = Math.max(peak, process.memoryUsage().rss);
		}
		const spread = spreadOf(late);
		return {
			title: 'Schedules',
			how: `${rate(count)} schedules that fall due one after the other within ${WITHIN_MS / 1_000} s, each beginning a workflow of one step; history and its workers are in one process. Late is from the due time until the fact that it was begun is durable. The server began to drive them ${ms(early)} ms before the first was due.`,
			tables: [
				{
					columns: [
						'schedules',
						'late p50 ms',
						'p99',
						'max',
						'begun',
						'workflows done',
						'start ms',
						'memory of those that wait',
						'peak',
					],
					rows: [
						[
							rate(count),
							ms(spread.p50),
							ms(spread.p99),
							ms(spread.max),
							rate(late.length),
							rate(done),
							ms(start),
							megabytes(memory),
							megabytes(peak),
						],
					],
				},
			],
			goals: [
				{
					what: 'late, p99',
					wanted: '≤ 1,000 ms',
					measured: `${ms(spread.p99)} ms`,
					met: late.length === count && spread.p99 <= 1_000,
				},
			],
		};
	} finally {
		stopListening();
		await workers.stop({ drainMs: 0 });
		await orchestrator.stop();
		ports.close();
		rmSync(dataDir, { recursive: true, force: true });
	}
}

type Store = Awaited<ReturnType<typeof openEmbedded>>['store'];

async function setUp(store: Store, { count, first }: { count: number; first: number }): Promise<void> {
	const what = ScheduleWhat.parse({ do: { kind: 'workflow', name: 'tick', input: {} } });
	const at = Date.now();
	let writes: Promise<unknown>[] = [];
	for (let index = 0; index < count; index++) {
		const due = Math.round(first + (index / count) * WITHIN_MS);
		const scheduleId = asScheduleId(`s${String(index).padStart(9, '0')}`);
		const rule = ScheduleRule.parse({ timing: { kind: 'once', at: due }, timeZone: 'UTC' });
		const definition = { title: 'tick', rule, what };
		const decided = scheduleDecider.decide(undefined, {
			...{ type: 'CreateSchedule', at, scheduleId, person: OWNER, definition, next: { due, at: due } },
		});
		if (!decided.ok || decided.state === undefined) throw new Error('A schedule could not be set up.');
		const stream = scheduleStream(scheduleId);
		const facts = decided.facts as unknown as Parameters<Store['append']>[0]['facts'];
		writes.push(store.append({ stream, expectedSeq: 0, facts, at, index: scheduleDecider.index(decided.state, at) }));
		if (writes.length === 2_000) {
			await Promise.all(writes);
			writes = [];
		}
	}
	await Promise.all(writes);
}

if (import.meta.main) console.dir(await measureSchedules(Number(process.argv[2] ?? SCHEDULES)), { depth: null });
