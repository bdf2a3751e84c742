import type { Agent } from '../../domain/agent/state.ts';
import type { AgentCaller, AgentView } from '../desks/agents.ts';

/** viewAgent is an agent as a caller may see it. */
export function viewAgent(agent: Agent, { person, role }: AgentCaller): AgentView {
	const { name, description, skills, topics, reach, lastSeenAt } = agent;
	const own = agent.person === person;
	// Where an agent elsewhere is reached may hold a key of its owner's.
	const shown: AgentView['reach'] = own || !('url' in reach) ? reach : { ...reach, url: '' };
	return {
		...{ name, description, skills, topics, reach: shown, owner: own || role === 'owner' ? agent.person : '' },
		...{ waiting: agent.waiting.length + agent.running.length, deadLetters: agent.deadLetters.length },
		...(lastSeenAt === undefined ? {} : { lastSeenAt }),
	};
}
