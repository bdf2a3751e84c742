import { z } from 'zod';
import { type Route, type RouteDoc, route } from '../../http/route.ts';
import { MCP_PATH, METADATA_PATH, resourceMetadata } from './resource-metadata.ts';

const McpQuery = z.strictObject({
	tools: z
		.string()
		.max(10_000)
		.optional()
		.describe('Tools a client has room for: `core`, `standard`, `all`, or names with commas between them.'),
});

const JSON_RPC = {
	200: { description: 'JSON-RPC, or a stream of it.', types: ['application/json', 'text/event-stream'] },
};

const ResourceMetadataSchema = z.object({
	resource: z.url(),
	resource_name: z.string(),
	bearer_methods_supported: z.array(z.string()),
	resource_documentation: z.url(),
});

/** MCP_ROUTES are MCP over streamable HTTP, and what a client may know of its tokens beforehand. */
export const MCP_ROUTES: readonly Route[] = [
	mcp('post', 'mcpPost', 'One message of MCP, in any revision up to 2026-07-28.'),
	mcp('get', 'mcpGet', 'What a session has to tell, for clients from before 2026-07-28.'),
	mcp('delete', 'mcpDelete', 'End a session of a client from before 2026-07-28.'),
	metadata(METADATA_PATH, 'mcpResourceMetadataOfServer'),
	metadata(`${METADATA_PATH}${MCP_PATH}`, 'mcpResourceMetadata'),
];

function mcp(method: RouteDoc['method'], operationId: string, summary: string): Route {
	return route(
		{
			...{ method, path: MCP_PATH, operationId, summary, tag: 'mcp', access: 'person', query: McpQuery },
			responses: JSON_RPC,
			// Its body is the protocol's own affair, mistakes in it too.
			errors: [],
		},
		async (services, { caller, query, request, response }) => {
			await services.mcp.serve(caller.principal, query.tools, request, response);
			return 'written';
		},
	);
}

function metadata(path: string, operationId: string): Route {
	return route(
		{
			...{ method: 'get', path, operationId, tag: 'mcp', access: 'open' },
			summary: 'What tokens `/mcp` takes (RFC 9728).',
			responses: { 200: { description: 'Metadata of the resource.', schema: ResourceMetadataSchema } },
			errors: [],
		},
		async ({ origins }, { request }) => ({ status: 200, json: resourceMetadata(origins, request.headers.host) }),
	);
}
