import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Embedded, openEmbedded } from '@errand/core/infrastructure/open-embedded.ts';
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
import { catalogue as tests } from '../../harness/test-catalogue.ts';

/** BenchErrand is all of Errand in this process, but for HTTP. */
export interface BenchErrand {
	readonly ports: Embedded;
	readonly orchestrator: Orchestrator;
	close(): Promise<void>;
}

const quiet: ILogger = { debug() {}, info() {}, warn: console.warn, error: console.error };

/** openBenchErrand opens the whole orchestrator with a worker host, as `npm start` composes it, on a data directory of its own. */
export async function openBenchErrand({
	catalogue = tests,
	workflowsDir,
}: {
	readonly catalogue?: readonly ICapability[];
	readonly workflowsDir?: string;
} = {}): Promise<BenchErrand> {
	const dataDir = mkdtempSync(join(tmpdir(), 'errand-bench-'));
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
	return {
		ports,
		orchestrator,
		close: async () => {
			await workers.stop({ drainMs: 0 });
			await orchestrator.stop();
			ports.close();
			rmSync(dataDir, { recursive: true });
		},
	};
}
