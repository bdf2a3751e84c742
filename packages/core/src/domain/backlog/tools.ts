import type { JsonObject } from '../json.ts';
import { ITEM_TOOLS } from './tools/item-tools.ts';
import { PROJECT_TOOLS } from './tools/project-tools.ts';
import { STRUCTURE_TOOLS } from './tools/structure-tools.ts';
import type { BacklogTool, ToolKind } from './tools/tool.ts';
import { WORK_TOOLS } from './tools/work-tools.ts';

const TOOLS = { ...ITEM_TOOLS, ...STRUCTURE_TOOLS, ...WORK_TOOLS, ...PROJECT_TOOLS };

/** BacklogToolName is a name of a tool, as clients call it. */
export type BacklogToolName = keyof typeof TOOLS;

/** BACKLOG_TOOLS are all tools of a backlog, for MCP, REST, chat, docs and tests alike. */
export const BACKLOG_TOOLS: Readonly<Record<BacklogToolName, BacklogTool>> = TOOLS;

/** isBacklogTool tells a tool's name from any other text. */
export function isBacklogTool(name: string): name is BacklogToolName {
	return Object.hasOwn(BACKLOG_TOOLS, name);
}

/** kindOfCall is how this very call is carried out: what can be done without a model or files is, whatever the tool's own kind. */
export function kindOfCall({ tool, args }: { readonly tool: BacklogToolName; readonly args: JsonObject }): ToolKind {
	switch (tool) {
		case 'add_task':
			return hasText(args['prompt']) ? 'work' : 'change';
		case 'update_task':
		case 'update_subtask':
			return hasText(args['prompt']) ? 'work' : 'change';
		case 'add_tag':
			return args['fromBranch'] === true ? 'desk' : 'change';
		default:
			return BACKLOG_TOOLS[tool].kind;
	}
}

const hasText = (value: unknown) => typeof value === 'string' && value.trim() !== '';
