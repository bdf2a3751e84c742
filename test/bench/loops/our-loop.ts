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
import type { ILogger } from '@errand/core/ports/logger.ts';
import { OWNER } from '@errand/gateway/auth/authenticator.ts';
import { openWorkers } from '@errand/workers/open-workers.ts';
import { deskParts } from '../../harness/desk-parts.ts';
import { catalogue } from '../../harness/test-catalogue.ts';
import { type BenchPlan, benchPlan } from './bench-plan.ts';
import type { StepLoop } from './step-loop.ts';
import { taskEnds } from './task-ends.ts';

const quiet: ILogger = { debug() {}, info() {}, warn: console.warn, error: console.error };

/** openLoop opens the whole orchestrator with a worker host, as `npm start` composes it, without HTTP; its steps need the capability given. */
export async function openLoop(capability: string): Promise<StepLoop> {
	const dataDir = mkdtempSync(join(tmpdir(), 'errand-bench-'));
	const ports = await openEmbedded({ dataDir, log: quiet });
	const catalogueUrl = import.meta.resolve('../../harness/test-catalogue.ts');
	const workers = openWorkers({ ...ports, catalogue, catalogueUrl, dataDir, allowPrivateHosts: [] });
	const orchestrator = new Orchestrator(ports, {
		planner: new RulesPlanner(new LiveCatalogue(catalogue)),
		admission: new CatalogueAdmission(new LiveCatalogue(catalogue)),
		sessions: workers.sessions,
		frontend: () => undefined,
		people: new PeopleDesk({ ...ports, owners: [], forgetEverything: async () => 0 }),
		...deskParts(ports),
		webhookSender: openWebhookSender({ allowPrivateHosts: [] }),
	});
	workers.start(orchestrator.runs);
	const plans = new Map<string, BenchPlan>();
	const ended = taskEnds(ports.bus);
	return {
		async run(levels) {
			const plan = plans.get(levels.join()) ?? benchPlan(levels, capability);
			plans.set(levels.join(), plan);
			const { id } = await orchestrator.tasks.submit(OWNER, { goal: 'bench', plan });
			await ended(id);
		},
		async close() {
			await workers.stop({ drainMs: 0 });
			await orchestrator.stop();
			ports.close();
			rmSync(dataDir, { recursive: true });
		},
	};
}
