import { BACKLOG_TOOLS } from '@errand/core/domain/backlog/tools.ts';
import type { Tool } from '@modelcontextprotocol/server';
import type { McpListing } from '../protocol/surface.ts';
import { PROMPTS } from './prompts.ts';
import { RESOURCE_TEMPLATES } from './resource-uris.ts';
import { TASK_TOOLS } from './task-tools.ts';
import { chosenTools } from './tool-choice.ts';
import { toolListing } from './tool-listing.ts';
import { WORKFLOW_TOOLS } from './workflow-tools.ts';

/** errandListing is what Errand offers over MCP; `choice` says which tools a client has room for. */
export function errandListing(choice: string | undefined): McpListing {
	return {
		info: { name: 'errand', title: 'Errand', version: VERSION },
		instructions: INSTRUCTIONS,
		tools: chosenTools(allTools(), choice),
		prompts: PROMPTS,
		resourceTemplates: RESOURCE_TEMPLATES,
	};
}

/** VERSION is what Errand calls itself. */
const VERSION = '0.4.0';

const INSTRUCTIONS =
	'Errand keeps a project’s backlog (tasks, subtasks, dependencies, tags) and carries errands out by itself. Start with `next_task`; set tasks to in-progress and done with `set_task_status`. A tool that answers with an `operationId` goes on in the background: ask `operation_status`. To have something researched, compared or written, use `submit_task` (or `run_task` for a task of the backlog) and ask `task_status`. What is done often may be a workflow already: `list_workflows`, then `run_workflow`.';

let known: readonly Tool[] | undefined;

// Schemas take a while to make and never change.
function allTools(): readonly Tool[] {
	known ??= [
		...Object.entries(BACKLOG_TOOLS).map(([name, spec]) =>
			toolListing(name, spec, { openWorld: spec.kind === 'work' || name === 'run_task' }),
		),
		...Object.entries(WORKFLOW_TOOLS).map(([name, spec]) =>
			toolListing(name, spec, { openWorld: name === 'run_workflow' }),
		),
		...Object.entries(TASK_TOOLS).map(([name, spec]) => toolListing(name, spec, { openWorld: name === 'submit_task' })),
	];
	return known;
}
