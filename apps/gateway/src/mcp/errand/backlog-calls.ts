import { BACKLOG_TOOLS, type BacklogToolName, kindOfCall } from '@errand/core/domain/backlog/tools.ts';
import type { JsonObject } from '@errand/core/domain/json.ts';
import { parseInput } from '@errand/core/domain/parse-input.ts';
import type { Principal } from '@errand/core/orchestrator/desks/desk.ts';
import type { z } from 'zod';
import type { McpCall, ToolAnswer } from '../protocol/surface.ts';
import type { ErrandParts } from './errand-surface.ts';
import { withProjectRoot } from './project-root.ts';
import { startedOperation } from './started-tasks.ts';
import { answered } from './tool-answer.ts';

/** How long work with a model is waited for before its operation's id is answered. */
const WAIT_MS = 20_000;
/** Clients that take a task for an answer need not be kept waiting; only what is done at once is answered at once. */
const WAIT_FOR_TASK_MS = 250;

/** BacklogCalls are the tools of backlogs. */
export class BacklogCalls {
	readonly #parts: Pick<ErrandParts, 'backlogs' | 'clock'>;
	readonly #principal: Principal;

	constructor(parts: Pick<ErrandParts, 'backlogs' | 'clock'>, principal: Principal) {
		this.#parts = parts;
		this.#principal = principal;
	}

	/** Calls a tool; throws its refusal. */
	async call(tool: BacklogToolName, given: Readonly<Record<string, unknown>>, call: McpCall): Promise<ToolAnswer> {
		const { backlogs, clock } = this.#parts;
		const { input: schema } = BACKLOG_TOOLS[tool];
		const rooted = isForProject(tool) ? withProjectRoot(given, call) : { input: given };
		if ('ask' in rooted) return rooted.ask;
		const args = parseInput(withoutNeed(schema), rooted.input, `The call of ${tool}`) as JsonObject;
		const isWork = kindOfCall({ tool, args }) === 'work';
		const takesTask = isWork && call.client.tasks && args['async'] !== true;
		const data = await backlogs.call(
			this.#principal,
			{ tool, args },
			{
				signal: call.signal,
				onProgress: ({ percent, text }) => call.progress(percent ?? 0, text),
				waitMs: args['async'] === true ? 0 : takesTask ? WAIT_FOR_TASK_MS : WAIT_MS,
			},
		);
		const { operationId, status } = data;
		const goesOn = isWork && typeof operationId === 'string' && status === 'in_progress';
		return takesTask && goesOn ? startedOperation(operationId, clock.now()) : answered(data);
	}
}

// Whoever has only one project need not name it.
function withoutNeed(schema: z.ZodObject): z.ZodObject {
	return schema.shape['projectRoot'] === undefined ? schema : schema.partial({ projectRoot: true });
}

function isForProject(tool: BacklogToolName): boolean {
	const { input, needsProject = true } = BACKLOG_TOOLS[tool];
	return needsProject && input.shape['projectRoot'] !== undefined;
}
