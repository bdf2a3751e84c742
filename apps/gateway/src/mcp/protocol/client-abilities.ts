import {
	CLIENT_CAPABILITIES_META_KEY,
	type ClientCapabilities,
	type Server,
	type ServerContext,
} from '@modelcontextprotocol/server';
import type { ClientAbilities } from './surface.ts';

/** TASKS_EXTENSION names the tasks extension (SEP-2663) among capabilities. */
export const TASKS_EXTENSION = 'io.modelcontextprotocol/tasks';

/** capabilitiesOf is what the client said it can do: with this request, or when it introduced itself. */
export function capabilitiesOf(server: Server, { mcpReq }: ServerContext): ClientCapabilities {
	const said: { readonly [CLIENT_CAPABILITIES_META_KEY]?: ClientCapabilities } = mcpReq.envelope ?? {};
	return said[CLIENT_CAPABILITIES_META_KEY] ?? server.getClientCapabilities() ?? {};
}

/** abilitiesOf reads off them what matters here. */
export function abilitiesOf({ elicitation, roots, extensions }: ClientCapabilities): ClientAbilities {
	return {
		// Said without a mode it means forms: that is how it was said before there were modes.
		forms: elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined),
		links: elicitation?.url !== undefined,
		roots: roots !== undefined,
		tasks: extensions?.[TASKS_EXTENSION] !== undefined,
	};
}
