import type { Embedded } from '@errand/core/infrastructure/open-embedded.ts';
import { openEmbedder } from '@errand/core/models/embeddings/open-embedder.ts';
import { ModelDesk } from '@errand/core/orchestrator/models/model-desk.ts';
import type { Parts } from '@errand/core/orchestrator/orchestrator.ts';
import { scheduleTimes } from '@errand/core/planning/schedule/schedule-times.ts';
import type { ICatalogue } from '@errand/core/ports/catalogue.ts';
import { openPushTeller } from '@errand/gateway/a2a/open-push-teller.ts';
import { openProjects } from '@errand/gateway/open-projects.ts';
import { openWorkflows } from '@errand/gateway/open-workflows.ts';

const NOTHING = { list: () => [] };

/** deskParts is what an orchestrator has for memory, models and backlogs where there is no language model and nobody wants one. */
export function deskParts(
	{ ledger, clock, log }: Pick<Embedded, 'ledger' | 'clock' | 'log'>,
	/** Folders in which others than the owner may have backlogs. */
	projects: readonly string[] = [],
	/** What workflows may use, and where the operator's stand. */
	{
		catalogue = NOTHING,
		workflowsDir = '/nowhere',
	}: { catalogue?: Pick<ICatalogue, 'list'>; workflowsDir?: string | undefined } = {},
): Pick<Parts, 'teller' | 'embedder' | 'models' | 'projects' | 'workflows' | 'scheduleTimes'> {
	const pins = { modelOf: async () => undefined, pinModel: async () => {} };
	const models = new ModelDesk({ views: () => [], ledger, pins, clock });
	return {
		embedder: openEmbedder({ choice: 'local', dataDir: undefined, clock, log }),
		models,
		projects: async () => openProjects({ projects, environment: {} }, { models }),
		scheduleTimes: async () => scheduleTimes,
		teller: openPushTeller({ allowPrivateHosts: [] }),
		workflows: async () => openWorkflows({ workflowsDir }, { catalogue, clock, log }),
	};
}
