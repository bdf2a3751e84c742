import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbedded } from '@errand/core/infrastructure/open-embedded.ts';
import { openWebhookSender } from '@errand/core/infrastructure/open-webhook-sender.ts';
import { Orchestrator } from '@errand/core/orchestrator/orchestrator.ts';
import { PeopleDesk } from '@errand/core/orchestrator/people/people-desk.ts';
import { CatalogueAdmission } from '@errand/core/planning/catalogue-admission.ts';
import { LiveCatalogue } from '@errand/core/planning/live-catalogue.ts';
import { RulesPlanner } from '@errand/core/planning/rules/rules-planner.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import { openWorkers } from '@errand/workers/open-workers.ts';
import { deskParts } from '../../harness/desk-parts.ts';
import { catalogue } from '../../harness/test-catalogue.ts';
import { type BenchWorkflow, benchWorkflow, CONSTRUCTS, constructWorkflow } from './bench-workflow.ts';
import { runsSaved } from './saved-workflows.ts';
import type { StepLoop } from './step-loop.ts';
import { taskEnds } from './task-ends.ts';

const quiet: ILogger = { debug() {}, info() {}, warn: console.warn, error: console.error };
const STEP = 'test.noop';

/**
 * openLoop opens the whole orchestrator with a worker host, as `npm start` composes it, without HTTP, and has it run saved
 * workflows whose steps do nothing in this process. With a construct, a level's number says how many times that does its step.
 */
export async function openLoop(construct?: string): Promise<StepLoop> {
	const dataDir = mkdtempSync(join(tmpdir(), 'errand-bench-'));
	const ports = await openEmbedded({ dataDir, log: quiet });
	let begins: (() => void) | undefined;
	const telling = catalogue.map(
		(capability): ICapability =>
			capability.name === STEP
				? {
						...capability,
						async run() {
							begins?.();
							begins = undefined;
							return { ok: true };
						},
					}
				: capability,
	);
	const catalogueUrl = import.meta.resolve('../../harness/test-catalogue.ts');
	const workers = openWorkers({ ...ports, catalogue: telling, catalogueUrl, dataDir, allowPrivateHosts: [] });
	const live = new LiveCatalogue(telling);
	const orchestrator = new Orchestrator(ports, {
		planner: new RulesPlanner(live),
		admission: new CatalogueAdmission(live),
		sessions: workers.sessions,
		frontend: () => undefined,
		people: new PeopleDesk({ ...ports, owners: [], forgetEverything: async () => 0 }),
		...deskParts(ports, [], { catalogue: live }),
		webhookSender: openWebhookSender({ allowPrivateHosts: [] }),
	});
	workers.start(orchestrator.runs);
	const run = runsSaved(orchestrator.workflows.desk, taskEnds(ports.bus));
	const known = new Map<string, BenchWorkflow>();
	const meant = CONSTRUCTS.find((one) => one === construct);
	const workflowOf = (levels: readonly number[]) =>
		meant === undefined ? benchWorkflow(levels, STEP) : constructWorkflow(meant, levels[0] ?? 1, STEP);
	return {
		async run(levels, begun) {
			const workflow = known.get(levels.join()) ?? workflowOf(levels);
			known.set(levels.join(), workflow);
			begins = begun;
			await run(workflow);
		},
		async close() {
			await workers.stop({ drainMs: 0 });
			await orchestrator.stop();
			ports.close();
			rmSync(dataDir, { recursive: true });
		},
	};
}
