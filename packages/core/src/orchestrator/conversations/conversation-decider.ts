import type { ConversationCommand } from '../../domain/conversation/commands.ts';
import { decideConversation } from '../../domain/conversation/decide-conversation.ts';
import { CONVERSATION_EVOLVE_VERSION, evolveConversation } from '../../domain/conversation/evolve-conversation.ts';
import type { RecordedConversationFact } from '../../domain/conversation/facts.ts';
import { pendingConversationWork } from '../../domain/conversation/pending-conversation-work.ts';
import type { Conversation } from '../../domain/conversation/state.ts';
import { asPersonId } from '../../domain/ids.ts';
import type { Decider } from '../commands/decide-batch.ts';
import { dueAt } from '../commands/due-at.ts';

/** conversationDecider fits the conversation core to the command handler. */
export const conversationDecider: Decider<Conversation, ConversationCommand, RecordedConversationFact> = {
	version: CONVERSATION_EVOLVE_VERSION,
	decide(state, command) {
		const decision = decideConversation(state, command);
		if (!decision.ok) return decision;
		const at = Math.max(command.at, state?.at ?? 0);
		const facts: RecordedConversationFact[] = [];
		let next = state;
		for (const fact of decision.facts) {
			const recorded = { ...fact, seq: (next?.seq ?? 0) + 1, at };
			facts.push(recorded);
			next = evolveConversation(next, recorded);
		}
		return { ok: true, facts, state: next };
	},
	evolve: evolveConversation,
	index: (conversation, now) => ({
		person: conversation.person ?? asPersonId(''),
		dueAt: dueAt(pendingConversationWork(conversation, now)),
		summary: { messages: conversation.counts.messages },
	}),
};
