import { ADDS, READS } from '@errand/core/domain/backlog/tools/tool.ts';
import { z } from 'zod';
import { TASK_TOOLS } from './task-tools.ts';
import type { ToolSpec } from './tool-listing.ts';

const Name = z.string().min(1).max(63).describe('As `list_workflows` names it.');
const Text = z.string().min(1).max(1_000_000).describe('YAML or JSON.');
const Schema = z.record(z.string(), z.unknown()).describe('JSON Schema of its input.');
const Problems = z.array(z.object({ message: z.string(), line: z.int().optional(), column: z.int().optional() }));
const { waitSeconds, askPerson, idempotencyKey } = TASK_TOOLS.submit_task.input.shape;

/** WORKFLOW_TOOLS are workflows as tools: prepared plans with parameters. */
export const WORKFLOW_TOOLS = {
	list_workflows: {
		title: 'List workflows',
		description: 'The workflows the person may run: prepared plans with parameters.',
		input: z.object({}),
		output: z.object({
			workflows: z.array(
				z.object({
					...{ name: z.string(), title: z.string(), description: z.string().optional(), version: z.int() },
					...{ origin: z.string(), enabled: z.boolean(), input: Schema, problems: Problems },
				}),
			),
		}),
		annotations: READS,
	},
	get_workflow: {
		title: 'Show a workflow',
		description: 'One workflow with its text, its parameters and its steps.',
		input: z.object({ name: Name }),
		output: z.object({
			...{ name: z.string(), title: z.string(), description: z.string().optional(), version: z.int() },
			...{ origin: z.string(), enabled: z.boolean(), input: Schema, problems: Problems },
			...{ text: z.string(), steps: z.array(z.object({ id: z.string(), title: z.string(), kind: z.string() })) },
		}),
		annotations: READS,
	},
	run_workflow: {
		title: 'Run a workflow',
		description:
			'Runs a workflow with an input that fits its schema. Answers with its task: ask `task_status` for the result, or give `waitSeconds`.',
		input: z.object({
			name: Name,
			input: z.record(z.string(), z.unknown()).default({}).describe('Its parameters.'),
			approve: z.boolean().optional().describe('Ask before anything of it runs.'),
			...{ idempotencyKey, waitSeconds, askPerson },
		}),
		output: TASK_TOOLS.submit_task.output,
		annotations: ADDS,
	},
	save_workflow: {
		title: 'Save a workflow',
		description:
			'Keeps a workflow under the name that its text says. Check it with `check_workflow` first; the JSON Schema of workflows is at /v1/workflows/schema.',
		input: z.object({
			text: Text,
			baseVersion: z.int().min(1).optional().describe('The version it was made from; left out for a new one.'),
		}),
		output: z.object({ name: z.string(), version: z.int() }),
		annotations: ADDS,
	},
	check_workflow: {
		title: 'Check a workflow',
		description: 'Says all that is wrong with a workflow’s text, with line and column, without keeping it.',
		input: z.object({ text: Text }),
		output: z.object({
			ok: z.boolean(),
			problems: Problems.optional(),
			steps: z.array(z.object({ id: z.string(), title: z.string(), kind: z.string() })).optional(),
		}),
		annotations: READS,
	},
} as const satisfies Record<string, ToolSpec>;
export type WorkflowToolName = keyof typeof WORKFLOW_TOOLS;

/** isWorkflowTool tells them from the other tools. */
export function isWorkflowTool(name: string): name is WorkflowToolName {
	return Object.hasOwn(WORKFLOW_TOOLS, name);
}
