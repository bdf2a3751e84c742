import { join } from 'node:path';
import { WatchedWorkflowFiles } from '@errand/core/adapters/files/watched-workflow-files.ts';
import { loadedOnce } from '@errand/core/orchestrator/commands/loaded-once.ts';
import type { WorkflowParts } from '@errand/core/orchestrator/workflows/workflow-streams.ts';
import type { ICapabilitySource } from '@errand/core/ports/capability-source.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { ILanguageModel } from '@errand/core/ports/language-model.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { IWorkflowLanguage } from '@errand/core/ports/workflow-language.ts';
import type { Config } from './config.ts';

interface Parts extends Pick<WorkflowParts, 'catalogue' | 'measure'> {
	/** What names the parameters of learned workflows; rules do where it is left out. */
	readonly model?: ILanguageModel | undefined;
	/** What brings workflows along with its capabilities. */
	readonly sources?: readonly Pick<ICapabilitySource, 'workflows'>[] | undefined;
	readonly clock: IClock;
	readonly log: ILogger;
}

/** Those that come with Errand. */
const SHIPPED = join(import.meta.dirname, '../../../workflows');

/** openWorkflows finds workflows in the operator's folder, in code, and among those that come with Errand. */
export function openWorkflows({ workflowsDir }: Pick<Config, 'workflowsDir'>, parts: Parts): WorkflowParts {
	const { catalogue, sources = [], measure, model, clock, log } = parts;
	return {
		language: openWorkflowLanguage,
		files: new WatchedWorkflowFiles({ folder: workflowsDir, clock, log }),
		shipped: new WatchedWorkflowFiles({ folder: SHIPPED, fixed: true, clock, log }),
		code: async () => {
			const own = await builtIn();
			return [...own, ...sources.flatMap((source) => source.workflows?.() ?? [])];
		},
		catalogue,
		namer: model && (async () => new (await import('./learning/model-namer.ts')).ModelNamer(model)),
		measure,
	};
}

/** openWorkflowLanguage loads what reads and compiles workflows, with its first use. */
export const openWorkflowLanguage: () => Promise<IWorkflowLanguage> = loadedOnce(
	async () => (await import('@errand/core/planning/workflow/workflow-language.ts')).workflowLanguage,
);

const builtIn = loadedOnce(async () => {
	const { BUILT_IN_WORKFLOWS } = await import('@errand/core/workflows/built-in/built-in-workflows.ts');
	return BUILT_IN_WORKFLOWS.map(({ definition }) => definition);
});
