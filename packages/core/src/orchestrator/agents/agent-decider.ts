import type { AgentCommand } from '../../domain/agent/commands.ts';
import { decideAgent } from '../../domain/agent/decide-agent.ts';
import { AGENT_EVOLVE_VERSION, evolveAgent } from '../../domain/agent/evolve-agent.ts';
import type { RecordedAgentFact } from '../../domain/agent/facts.ts';
import { pendingAgentWork } from '../../domain/agent/pending-agent-work.ts';
import type { Agent } from '../../domain/agent/state.ts';
import type { Decider } from '../commands/decide-batch.ts';
import { dueAt } from '../commands/due-at.ts';

/** agentDecider fits the core of mailboxes to the command handler. */
export const agentDecider: Decider<Agent, AgentCommand, RecordedAgentFact> = {
	version: AGENT_EVOLVE_VERSION,
	decide(state, command) {
		const decision = decideAgent(state, command);
		if (!decision.ok) return decision;
		const at = Math.max(command.at, state?.at ?? 0);
		const facts: RecordedAgentFact[] = [];
		let next = state;
		for (const [index, fact] of decision.facts.entries()) {
			const recorded = { ...fact, seq: (state?.seq ?? 0) + index + 1, at };
			facts.push(recorded);
			next = evolveAgent(next, recorded);
		}
		return { ok: true, facts, state: next };
	},
	evolve: evolveAgent,
	index: (agent, now) => ({
		person: agent.person,
		dueAt: dueAt(pendingAgentWork(agent, now)),
		summary: { name: agent.name, gone: agent.status === 'gone', topics: agent.topics.join(' ') },
	}),
};
