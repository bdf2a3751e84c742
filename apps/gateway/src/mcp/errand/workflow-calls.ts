import type { JsonObject } from '@errand/core/domain/json.ts';
import { parseInput } from '@errand/core/domain/parse-input.ts';
import type { GraphStep } from '@errand/core/domain/workflow/problem.ts';
import type { Principal } from '@errand/core/orchestrator/desks/desk.ts';
import type { WorkflowProblem, WorkflowSummary } from '@errand/core/orchestrator/desks/workflows.ts';
import type { z } from 'zod';
import type { McpCall, ToolAnswer } from '../protocol/surface.ts';
import type { ErrandParts } from './errand-surface.ts';
import type { TaskCalls } from './task-calls.ts';
import { answered } from './tool-answer.ts';
import { WORKFLOW_TOOLS, type WorkflowToolName } from './workflow-tools.ts';

/** WorkflowCalls are the tools of workflows; their runs are tasks like any other. */
export class WorkflowCalls {
	readonly #workflows: ErrandParts['workflows'];
	readonly #principal: Principal;
	readonly #tasks: TaskCalls;

	constructor({ workflows }: Pick<ErrandParts, 'workflows'>, principal: Principal, tasks: TaskCalls) {
		this.#workflows = workflows;
		this.#principal = principal;
		this.#tasks = tasks;
	}

	/** Calls a tool; throws its refusal. */
	async call(tool: WorkflowToolName, given: Readonly<Record<string, unknown>>, call: McpCall): Promise<ToolAnswer> {
		const parsed = <Name extends WorkflowToolName>(name: Name) =>
			parseInput(WORKFLOW_TOOLS[name].input, given, `The call of ${tool}`) as z.output<
				(typeof WORKFLOW_TOOLS)[Name]['input']
			>;
		const [desk, who] = [this.#workflows, this.#principal];
		switch (tool) {
			case 'list_workflows':
				return answered({ workflows: (await desk.list(who)).map(shown) });
			case 'get_workflow': {
				const found = await desk.get(who, parsed('get_workflow').name);
				return answered({ ...shown(found), text: found.text, steps: found.steps.map(shownStep) });
			}
			case 'save_workflow': {
				const { text, baseVersion } = parsed('save_workflow');
				return answered(await desk.save(who, text, { baseVersion }));
			}
			case 'check_workflow': {
				const checked = await desk.check(who, parsed('check_workflow').text);
				if (!checked.ok) return answered({ ok: false, problems: checked.problems.map(shownProblem) });
				return answered({ ok: true, steps: checked.steps.map(shownStep) });
			}
			case 'run_workflow': {
				const { name, input, approve, idempotencyKey, ...how } = parsed('run_workflow');
				return this.#tasks.begin(how, call, async () => {
					const key = idempotencyKey && `mcp:${idempotencyKey}`;
					// Zod has no type for JSON that came over the wire.
					const request = { name, input: input as JsonObject, approve, idempotencyKey: key };
					return (await desk.run(who, request)).id;
				});
			}
		}
	}
}

function shown({ name, title, description, version, origin, enabled, input, problems }: WorkflowSummary) {
	return {
		...{ name, title, version, origin, enabled, input, problems: problems.map(shownProblem) },
		...(description === undefined ? {} : { description }),
	};
}

function shownStep({ id, title, kind }: GraphStep) {
	return { id, title, kind };
}

function shownProblem({ message, line, column }: WorkflowProblem) {
	return { message, ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }) };
}
