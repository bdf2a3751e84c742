import { StreamsOnDemand } from '../commands/streams-on-demand.ts';
import type { IWorkflowDesk } from '../desks/workflows.ts';
import type { WorkflowParts, WorkflowPorts, WorkflowStreams } from './workflow-streams.ts';

/** The streams begin so; see WORKFLOW_PREFIX, which is loaded with them. */
const PREFIX = 'workflow-';

/** workflowsOnDemand are all workflows, opened with the first call or the first run that ends. */
export function workflowsOnDemand(
	ports: WorkflowPorts,
	parts: () => Promise<WorkflowParts>,
): StreamsOnDemand<IWorkflowDesk, WorkflowStreams> {
	return new StreamsOnDemand<IWorkflowDesk, WorkflowStreams>({
		prefix: PREFIX,
		calls: {
			...{ list: true, get: true, version: true, check: true, merge: true, save: true, remove: true, setEnabled: true },
			...{
				run: true,
				runText: true,
				stats: true,
				exportSigned: true,
				importSigned: true,
				fromTask: true,
				suggest: true,
			},
		},
		concerns: ({ planBy }, { about }) => about.kind === 'end' && /^workflow:.*@\d+$/.test(planBy),
		load: async () => {
			const [{ WorkflowStreams }, given] = await Promise.all([import('./workflow-streams.ts'), parts()]);
			return new WorkflowStreams({ ...ports, ...given });
		},
	});
}
