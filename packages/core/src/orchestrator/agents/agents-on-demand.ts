import { agentStream } from '../../domain/ids.ts';
import { StreamsOnDemand } from '../commands/streams-on-demand.ts';
import type { IAgentDesk } from '../desks/agents.ts';
import type { AgentParts } from './agent-streams.ts';

/** agentsOnDemand are all agents, opened with the first call or the first that is owed something. */
export function agentsOnDemand(parts: AgentParts): StreamsOnDemand<IAgentDesk> {
	return new StreamsOnDemand<IAgentDesk>({
		prefix: agentStream(''),
		calls: {
			...{ register: true, unregister: true, list: true, ofToken: true },
			...{ send: true, ask: true, request: true },
			...{ receive: true, acknowledge: true, reject: true, deadLetters: true, replay: true },
		},
		// They follow the tasks they began themselves.
		concerns: () => false,
		load: async () => {
			const { AgentStreams } = await import('./agent-streams.ts');
			return new AgentStreams(parts);
		},
	});
}
