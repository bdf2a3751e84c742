import type { Server, ServerContext } from '@modelcontextprotocol/server';
import { abilitiesOf, capabilitiesOf } from './client-abilities.ts';
import type { McpCall } from './surface.ts';

/** callOf reads off a request what a surface needs to know of it, in either generation of the protocol. */
export function callOf(server: Server, sdk: ServerContext): McpCall {
	const { mcpReq } = sdk;
	const state = mcpReq.requestState();
	return {
		client: abilitiesOf(capabilitiesOf(server, sdk)),
		inputs: mcpReq.inputResponses,
		state: typeof state === 'string' ? state : undefined,
		signal: mcpReq.signal,
		progress: progressOf(sdk),
		sdk,
	};
}

function progressOf({ mcpReq }: ServerContext): McpCall['progress'] {
	const progressToken = mcpReq._meta?.progressToken;
	let last = -1;
	return (percent, message) => {
		if (progressToken === undefined || mcpReq.signal.aborted) return;
		// Each has to be more than the one before it, also where only the words changed.
		const progress = Math.max(Math.min(percent, 99.9), last + 0.001);
		last = progress;
		mcpReq
			.notify({
				method: 'notifications/progress',
				params: { progressToken, progress, total: 100, ...(message === undefined ? {} : { message }) },
			})
			.catch(() => undefined);
	};
}
