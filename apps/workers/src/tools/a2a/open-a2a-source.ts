import { createGuardedFetch } from '@errand/core/adapters/network/guarded-fetch.ts';
import type { ICapabilitySource } from '@errand/core/ports/capability-source.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import { A2aSource } from './a2a-source.ts';
import type { RemoteAgentConfig } from './agent-config.ts';
import { GuardedClient } from './guarded-client.ts';

/** openA2aSource offers the operator's agents; where one of them stands, the operator said, so that very address is let through. */
export function openA2aSource(options: {
	readonly agents: readonly RemoteAgentConfig[];
	readonly allowPrivateHosts: readonly string[];
	readonly clock: IClock;
	readonly log: ILogger;
}): ICapabilitySource {
	const { agents, clock } = options;
	const reached = agents.map((agent) => {
		const { hostname, port, protocol } = new URL(agent.url);
		const own = `${hostname}:${port === '' ? (protocol === 'https:' ? 443 : 80) : port}`;
		const fetch = createGuardedFetch({ allowPrivateHosts: [...options.allowPrivateHosts, own] });
		return { agent, client: new GuardedClient(agent, fetch, clock) };
	});
	return new A2aSource(reached, options);
}
