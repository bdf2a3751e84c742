import { randomUUID } from 'node:crypto';
import type {
	ClientCapabilities,
	CompleteRequestParams,
	GetPromptResult,
	ListResourcesResult,
	ReadResourceResult,
} from '@modelcontextprotocol/server';
import { errandListing } from '../errand/listing.ts';
import { withProjectRoot } from '../errand/project-root.ts';
import { promptOf } from '../errand/prompts.ts';
import { refused } from '../errand/tool-answer.ts';
import { isRepeatable } from '../errand/tool-listing.ts';
import { TASKS_EXTENSION } from '../protocol/client-abilities.ts';
import type {
	ClientAbilities,
	McpCall,
	McpListing,
	McpSurface,
	McpTask,
	McpTasks,
	ToolAnswer,
} from '../protocol/surface.ts';
import { followUpstream } from './follow-upstream.ts';
import type { Asked, JsonResult } from './post.ts';
import type { Upstream } from './upstream.ts';

/** ForwardingSurface knows by itself what Errand offers, and asks the running server for everything else. */
export class ForwardingSurface implements McpSurface {
	readonly listing: McpListing;
	readonly tasks: McpTasks;
	readonly #upstream: Pick<Upstream, 'ask'>;
	readonly #projectRoot: string | undefined;
	/** The folder open in the client, once it told. */
	#openFolder: string | undefined;

	constructor(
		upstream: Pick<Upstream, 'ask'>,
		{
			toolChoice,
			projectRoot,
		}: { readonly toolChoice?: string | undefined; readonly projectRoot?: string | undefined },
	) {
		this.listing = errandListing(toolChoice);
		this.#upstream = upstream;
		this.#projectRoot = projectRoot;
		this.tasks = new ForwardedTasks(upstream);
	}

	/** The client's folders changed; they are asked for again. */
	rootsChanged(): void {
		this.#openFolder = undefined;
	}

	async callTool(name: string, given: Readonly<Record<string, unknown>>, call: McpCall): Promise<ToolAnswer> {
		const tool = this.listing.tools.find((each) => each.name === name);
		if (tool === undefined) throw new Error(`${name} is not listed`);
		try {
			const rooted = this.#rooted(given, call, tool.inputSchema.properties?.['projectRoot'] !== undefined);
			if ('ask' in rooted) return rooted.ask;
			const isSubmit = name === 'submit_task' || name === 'run_workflow';
			const input = isSubmit ? { idempotencyKey: randomUUID(), ...rooted.input } : rooted.input;
			const result = await this.#ask('tools/call', { name, arguments: input }, call, isSubmit || isRepeatable(tool));
			return result as ToolAnswer;
		} catch (error) {
			return refused(error);
		}
	}

	async getPrompt(name: string, input: Readonly<Record<string, string>>): Promise<GetPromptResult> {
		return promptOf(name, input);
	}

	async listResources(cursor: string | undefined): Promise<ListResourcesResult> {
		const params = cursor === undefined ? {} : { cursor };
		return (await this.#ask('resources/list', params, undefined, true)) as ListResourcesResult;
	}

	async readResource(uri: string, call: McpCall): Promise<ReadResourceResult> {
		return (await this.#ask('resources/read', { uri }, call, true)) as ReadResourceResult;
	}

	async complete(request: CompleteRequestParams): Promise<readonly string[]> {
		const { ref, argument } = request;
		const { completion } = (await this.#ask('completion/complete', { ref, argument }, undefined, true)) as {
			completion?: { values?: string[] };
		};
		return completion?.values ?? [];
	}

	follow(uri: string, changed: () => void): Promise<() => void> {
		return followUpstream(this.#upstream, uri, changed);
	}

	#rooted(
		given: Readonly<Record<string, unknown>>,
		call: McpCall,
		takesRoot: boolean,
	): ReturnType<typeof withProjectRoot> {
		if (!takesRoot) return { input: given };
		if (this.#openFolder !== undefined) return withProjectRoot(given, { ...call, inputs: {} }, this.#openFolder);
		const rooted = withProjectRoot(given, call, this.#projectRoot);
		const { projectRoot } = 'input' in rooted ? rooted.input : {};
		if (call.inputs !== undefined && given['projectRoot'] === undefined && typeof projectRoot === 'string') {
			this.#openFolder = projectRoot;
		}
		return rooted;
	}

	#ask(
		method: string,
		params: Readonly<Record<string, unknown>>,
		call: McpCall | undefined,
		repeatable: boolean,
	): Promise<JsonResult> {
		const asked: Asked = {
			...{ method, repeatable, signal: call?.signal, capabilities: call && capabilitiesOf(call.client) },
			params: {
				...params,
				...(call?.inputs === undefined ? {} : { inputResponses: call.inputs }),
				...(call?.state === undefined ? {} : { requestState: call.state }),
			},
			onNotice: (notice, { progress, message }) => {
				if (notice !== 'notifications/progress' || typeof progress !== 'number') return;
				call?.progress(progress, typeof message === 'string' ? message : undefined);
			},
		};
		return this.#upstream.ask(asked).then(plain);
	}
}

class ForwardedTasks implements McpTasks {
	readonly #upstream: Pick<Upstream, 'ask'>;

	constructor(upstream: Pick<Upstream, 'ask'>) {
		this.#upstream = upstream;
	}

	async get(taskId: string): Promise<McpTask> {
		return (await this.#ask('tasks/get', { taskId }, true)) as unknown as McpTask;
	}

	async cancel(taskId: string): Promise<void> {
		await this.#ask('tasks/cancel', { taskId }, true);
	}

	async update(taskId: string, inputs: Readonly<Record<string, unknown>>): Promise<void> {
		await this.#ask('tasks/update', { taskId, inputResponses: inputs }, false);
	}

	#ask(method: string, params: Readonly<Record<string, unknown>>, repeatable: boolean): Promise<JsonResult> {
		const capabilities = { extensions: { [TASKS_EXTENSION]: {} } };
		return this.#upstream.ask({ method, params, repeatable, capabilities }).then(plain);
	}
}

function capabilitiesOf({ forms, links, roots, tasks }: ClientAbilities): ClientCapabilities {
	return {
		...(forms || links ? { elicitation: { ...(forms && { form: {} }), ...(links && { url: {} }) } } : {}),
		...(roots ? { roots: {} } : {}),
		...(tasks ? { extensions: { [TASKS_EXTENSION]: {} } } : {}),
	};
}

// What the server said of itself and for how long it holds is for this program; its client is told by this program.
function plain({ _meta, resultType, cacheScope, ttlMs, ...result }: JsonResult): JsonResult {
	const { 'io.modelcontextprotocol/serverInfo': _info, ...meta } = (_meta ?? {}) as Record<string, unknown>;
	return {
		...result,
		...(cacheScope === undefined && ttlMs !== undefined ? { ttlMs } : {}),
		...(Object.keys(meta).length === 0 ? {} : { _meta: meta }),
		...(resultType === undefined || resultType === 'complete' ? {} : { resultType }),
	};
}
