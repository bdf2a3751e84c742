import { isCoreError } from '@errand/core/domain/errors.ts';
import {
	ProtocolError,
	ProtocolErrorCode,
	ResourceNotFoundError,
	Server,
	type ServerCapabilities,
} from '@modelcontextprotocol/server';
import { callOf } from './call-of.ts';
import { TASKS_EXTENSION } from './client-abilities.ts';
import type { McpSurface } from './surface.ts';
import { serveTasks } from './task-extension.ts';

/** createMcpServer serves a surface to one client, or to one request of it; closing the server ends what the client follows. */
export function createMcpServer(surface: McpSurface): Server {
	const { info, instructions, tools, prompts, resourceTemplates } = surface.listing;
	const server = new Server(info, { capabilities: capabilitiesOf(surface), instructions });
	const byName = new Map(tools.map((tool) => [tool.name, tool]));

	server.setRequestHandler('tools/list', async () => ({ tools: [...tools] }));
	server.setRequestHandler('tools/call', async ({ params }, sdk) => {
		const tool = byName.get(params.name);
		if (tool === undefined) {
			throw new ProtocolError(ProtocolErrorCode.InvalidParams, `There is no tool "${params.name.slice(0, 100)}".`);
		}
		const answer = await surface.callTool(params.name, params.arguments ?? {}, callOf(server, sdk));
		if (answer.resultType !== undefined) return answer as never;
		return server.projectCallToolResult(answer, tool.outputSchema);
	});

	server.setRequestHandler('prompts/list', async () => ({ prompts: [...prompts] }));
	server.setRequestHandler('prompts/get', ({ params }, sdk) =>
		worded(() => surface.getPrompt(params.name, params.arguments ?? {}, callOf(server, sdk))),
	);

	server.setRequestHandler('resources/list', ({ params }) => worded(() => surface.listResources(params?.cursor)));
	server.setRequestHandler('resources/templates/list', async () => ({ resourceTemplates: [...resourceTemplates] }));
	server.setRequestHandler('resources/read', ({ params: { uri } }, sdk) =>
		worded(() => surface.readResource(uri, callOf(server, sdk)), uri),
	);
	server.setRequestHandler('completion/complete', ({ params }) =>
		worded(async () => {
			const values = await surface.complete(params);
			return { completion: { values: values.slice(0, 100), total: values.length, hasMore: values.length > 100 } };
		}),
	);
	server.setNotificationHandler('notifications/roots/list_changed', () => surface.rootsChanged?.());
	serveSubscriptions(server, surface);
	if (surface.tasks !== undefined) serveTasks(server, surface.tasks);
	return server;
}

/** Clients of revisions before 2026-07-28 subscribe by request; those after it by a stream that carries what they listen to. */
function serveSubscriptions(server: Server, surface: McpSurface): void {
	const followed = new Map<string, () => void>();
	server.setRequestHandler('resources/subscribe', ({ params: { uri } }) =>
		worded(async () => {
			if (followed.has(uri)) return {};
			if (followed.size >= MOST_FOLLOWED) {
				throw new ProtocolError(
					ProtocolErrorCode.InvalidParams,
					`A session follows ${MOST_FOLLOWED} resources at most.`,
				);
			}
			followed.set(uri, () => {});
			try {
				const stop = await surface.follow(uri, () => {
					if (followed.has(uri)) server.sendResourceUpdated({ uri }).catch(() => undefined);
				});
				if (followed.has(uri)) followed.set(uri, stop);
				else stop();
			} catch (error) {
				followed.delete(uri);
				throw error;
			}
			return {};
		}, uri),
	);
	server.setRequestHandler('resources/unsubscribe', async ({ params: { uri } }) => {
		followed.get(uri)?.();
		followed.delete(uri);
		return {};
	});
	server.onclose = () => {
		for (const stop of followed.values()) stop();
		followed.clear();
	};
}

/** MOST_FOLLOWED bounds what one client follows. */
export const MOST_FOLLOWED = 200;

function capabilitiesOf({ tasks, listing }: McpSurface): ServerCapabilities {
	const { extensions, ...more } = listing.capabilities ?? {};
	return {
		tools: {},
		prompts: {},
		resources: { subscribe: true },
		completions: {},
		...more,
		...(tasks === undefined && extensions === undefined
			? {}
			: { extensions: { ...extensions, ...(tasks && { [TASKS_EXTENSION]: {} }) } }),
	};
}

/** Refusals in the protocol's words; what is missing says so, whatever it is called here. */
async function worded<T>(run: () => Promise<T>, uri?: string): Promise<T> {
	try {
		return await run();
	} catch (error) {
		if (!isCoreError(error)) throw error;
		const words = `${error.message} ${error.hint}`.trim();
		if (uri !== undefined && MISSING.has(error.code)) throw new ResourceNotFoundError(uri, words);
		throw new ProtocolError(ProtocolErrorCode.InvalidParams, words, { code: error.code });
	}
}

const MISSING = new Set<string>(['not-found', 'unknown-task', 'unknown-artifact', 'invalid-input']);
