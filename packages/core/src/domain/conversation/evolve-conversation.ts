import type { RecordedConversationFact } from './facts.ts';
import { received, released, routed } from './folds/messages.ts';
import { changeUnsent, closed } from './folds/parts.ts';
import { bounced, failed, recorded, sent } from './folds/replies.ts';
import type { Conversation, ConversationState } from './state.ts';

/** CONVERSATION_EVOLVE_VERSION keys snapshots: raise it whenever folding the same facts would give another state. */
export const CONVERSATION_EVOLVE_VERSION = 'conversation-4';

/** evolveConversation folds one fact into a conversation. It is total: any fact on any state gives a state. */
export function evolveConversation(state: ConversationState, fact: RecordedConversationFact): Conversation {
	const before = state ?? EMPTY;
	return { ...apply(before, fact), seq: fact.seq, at: Math.max(before.at, fact.at) };
}

const EMPTY: Conversation = {
	seq: 0,
	at: 0,
	since: 0,
	unrouted: [],
	unsent: [],
	withdrawn: [],
	openQuestions: [],
	closedQuestions: [],
	revisions: [],
	progress: [],
	unreported: [],
	lost: [],
	tasks: [],
	givenUp: [],
	recentMessages: [],
	recentReplies: [],
	counts: { messages: 0, tasks: 0, replies: 0, sent: 0, givenUp: 0 },
};

function apply(state: Conversation, fact: RecordedConversationFact): Conversation {
	switch (fact.type) {
		case 'MessageReceived':
			return received(state, fact);
		case 'MessageRouted':
			return routed(state, fact);
		case 'HeldMessageReleased':
			return released(state, fact);
		case 'ReplyRecorded':
			return recorded(state, fact);
		case 'ReplyDropped':
			return changeUnsent(state, fact.data.replyId, () => undefined);
		case 'ReplyAttempted':
			return changeUnsent(state, fact.data.replyId, ({ unsure, attempting, ...unsent }) => ({
				...unsent,
				unsure: unsure || attempting,
				attempting: true,
			}));
		case 'ReplySent':
			return sent(state, fact);
		case 'ReplyFailed':
			return failed(state, fact);
		case 'ReplyArrived':
			return { ...state, unreported: state.unreported.filter(({ reply }) => reply.id !== fact.data.replyId) };
		case 'ReplyBounced':
			return bounced(state, fact);
		case 'ReplyForwarded':
			return { ...state, lost: state.lost.filter(({ reply }) => reply.id !== fact.data.replyId) };
		case 'ReplyRevised':
			return { ...state, revisions: state.revisions.filter(({ reply }) => reply.id !== fact.data.replyId) };
		case 'QuestionClosed':
			return closed(state, fact.data, fact.data.outcome);
		default:
			// A fact of a later release: it must not keep this one from showing the rest.
			return state;
	}
}
