import { isBacklogTool } from '@errand/core/domain/backlog/tools.ts';
import type { IBacklogDesk } from '@errand/core/orchestrator/desks/backlog.ts';
import type { ITaskDesk, Principal } from '@errand/core/orchestrator/desks/desk.ts';
import type { IWorkflowDesk } from '@errand/core/orchestrator/desks/workflows.ts';
import type { IArtifactStore } from '@errand/core/ports/artifact-store.ts';
import type { ICatalogue } from '@errand/core/ports/catalogue.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { McpSurface } from '../protocol/surface.ts';
import { BacklogCalls } from './backlog-calls.ts';
import { errandListing } from './listing.ts';
import { promptOf } from './prompts.ts';
import { ErrandResources } from './resources.ts';
import { StartedTasks } from './started-tasks.ts';
import { TaskCalls } from './task-calls.ts';
import type { TaskToolName } from './task-tools.ts';
import { refused } from './tool-answer.ts';
import { WorkflowCalls } from './workflow-calls.ts';
import { isWorkflowTool } from './workflow-tools.ts';

/** ErrandParts is what Errand's surface stands on. */
export interface ErrandParts {
	readonly backlogs: IBacklogDesk;
	readonly workflows: IWorkflowDesk;
	readonly tasks: ITaskDesk;
	readonly artifacts: Pick<IArtifactStore, 'get' | 'stat'>;
	readonly catalogue: Pick<ICatalogue, 'list'>;
	readonly clock: IClock;
	/** Where a person's browser finds this server. */
	address(): string;
}

/** errandSurface is Errand over MCP as one person has it; everything it shows and does is theirs. */
export function errandSurface(parts: ErrandParts, principal: Principal, toolChoice: string | undefined): McpSurface {
	const backlogs = new BacklogCalls(parts, principal);
	const tasks = new TaskCalls(parts, principal);
	const workflows = new WorkflowCalls(parts, principal, tasks);
	const resources = new ErrandResources(parts, principal);
	return {
		listing: errandListing(toolChoice),
		callTool: async (name, input, call) => {
			try {
				if (isBacklogTool(name)) return await backlogs.call(name, input, call);
				if (isWorkflowTool(name)) return await workflows.call(name, input, call);
				// Every tool that is listed and neither the backlog's nor a workflow's is one of these.
				return await tasks.call(name as TaskToolName, input, call);
			} catch (error) {
				return refused(error);
			}
		},
		getPrompt: async (name, input) => promptOf(name, input),
		listResources: () => resources.list(),
		readResource: (uri) => resources.read(uri),
		complete: (request) => resources.complete(request),
		follow: (uri, changed) => resources.follow(uri, changed),
		tasks: new StartedTasks(parts, principal),
	};
}
