import { describe, expect, it } from 'vitest';
import { evolveAgent } from '../agent/evolve-agent.ts';
import type { AgentFactType, RecordedAgentFact } from '../agent/facts.ts';
import { pendingAgentWork } from '../agent/pending-agent-work.ts';
import type { AgentState } from '../agent/state.ts';
import {
	type ExchangeFactType,
	type ExchangeState,
	evolveExchange,
	pendingExchangeWork,
	type RecordedExchangeFact,
} from '../exchange/exchange.ts';
import agentHistory from './fixture/agent-history-v1.json' with { type: 'json' };
import exchangeHistory from './fixture/exchange-history-v1.json' with { type: 'json' };
import { upcast } from './upcast.ts';

// As with every fact: written once, by the release that first wrote such facts, and never again.
const AGENT_FACTS: Record<AgentFactType, true> = {
	AgentRegistered: true,
	AgentUnregistered: true,
	MessageAccepted: true,
	MessagesLeased: true,
	MessagesAcknowledged: true,
	MessageRejected: true,
	MessageStarted: true,
	MessagesDeadLettered: true,
	MessageReplayed: true,
	ReplyExpected: true,
};
const EXCHANGE_FACTS: Record<ExchangeFactType, true> = {
	ExchangeBegun: true,
	MessageSaid: true,
	PushSet: true,
	PushDeleted: true,
	PushTold: true,
	PushFailed: true,
};

describe('facts of agents of every release', () => {
	it('are all in the fixtures, each type at least once', () => {
		const written = new Set([...agentHistory.facts, ...exchangeHistory.facts].map(({ type }) => type));
		expect(Object.keys({ ...AGENT_FACTS, ...EXCHANGE_FACTS }).filter((type) => !written.has(type))).toEqual([]);
	});

	it('fold to the same mailbox, which is owed the same', () => {
		let state: AgentState;
		for (const fact of agentHistory.facts as unknown as RecordedAgentFact[]) {
			if (fact.type === 'AgentUnregistered') {
				expect(plain(state)).toEqual(agentHistory.before);
				expect(pendingAgentWork(state, 200).map(({ key }) => key)).toEqual(agentHistory.work);
			}
			state = evolveAgent(state, upcast(fact as never));
		}
		expect(plain(state)).toEqual(agentHistory.state);
	});

	it('fold to the same exchange with an agent elsewhere, which is owed the same', () => {
		let state: ExchangeState;
		for (const fact of exchangeHistory.facts as unknown as RecordedExchangeFact[]) {
			state = evolveExchange(state, upcast(fact as never));
		}
		expect(plain(state)).toEqual(exchangeHistory.state);
		expect(pendingExchangeWork(state, 200).map(({ key }) => key)).toEqual(exchangeHistory.work);
	});
});

function plain(state: unknown): unknown {
	return JSON.parse(JSON.stringify(state));
}
