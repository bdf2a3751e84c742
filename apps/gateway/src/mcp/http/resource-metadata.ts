import type { OriginPolicy } from '../../auth/origin-policy.ts';

/** MCP_PATH is where MCP is served. */
export const MCP_PATH = '/mcp';

/** METADATA_PATH is where clients look for what tokens a resource takes (RFC 9728). */
export const METADATA_PATH = '/.well-known/oauth-protected-resource';

/**
 * resourceMetadata says that `/mcp` takes bearer tokens. It names no authorization server, because there is none: a person
 * makes a token on the page or uses the owner's, and gives it to the client.
 */
export function resourceMetadata(origins: OriginPolicy, host: string | undefined) {
	const base = baseOf(origins, host);
	return {
		resource: `${base}${MCP_PATH}`,
		resource_name: 'Errand',
		bearer_methods_supported: ['header'],
		resource_documentation: `${base}/openapi.json`,
	};
}

/** bearerChallenge goes with a refusal for want of a token; it says where the metadata stands. */
export function bearerChallenge(origins: OriginPolicy, host: string | undefined): string {
	return `Bearer realm="errand", resource_metadata="${baseOf(origins, host)}${METADATA_PATH}${MCP_PATH}"`;
}

// Clients hold it against the address they called, and one server may have several. The host was checked before.
function baseOf(origins: OriginPolicy, host: string | undefined): string {
	return host === undefined || origins.isPublic(host) ? origins.address() : `http://${host}`;
}
