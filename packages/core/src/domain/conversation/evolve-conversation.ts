import type { MessageId, ReplyId } from '../ids.ts';
import type { Destination, QuestionKey, RecordedConversationFact } from './facts.ts';
import type { ReplyBody } from './reply.ts';
import type { Conversation, ConversationState, UnsentReply } from './state.ts';
import { CONVERSATION_LIMITS, findOpenQuestion } from './state.ts';

/** CONVERSATION_EVOLVE_VERSION keys snapshots: raise it whenever folding the same facts would give another state. */
export const CONVERSATION_EVOLVE_VERSION = 'conversation-1';

/** evolveConversation folds one fact into a conversation. It is total: any fact on any state gives a state. */
export function evolveConversation(state: ConversationState, fact: RecordedConversationFact): Conversation {
	const before = state ?? EMPTY;
	return { ...apply(before, fact), seq: fact.seq, at: Math.max(before.at, fact.at) };
}

const EMPTY: Conversation = {
	seq: 0,
	at: 0,
	unrouted: [],
	unsent: [],
	openQuestions: [],
	closedQuestions: [],
	tasks: [],
	givenUp: [],
	recentMessages: [],
	recentReplies: [],
	counts: { messages: 0, tasks: 0, replies: 0, sent: 0, givenUp: 0 },
};

type FactOf<T extends RecordedConversationFact['type']> = Extract<RecordedConversationFact, { type: T }>;

function apply(state: Conversation, fact: RecordedConversationFact): Conversation {
	switch (fact.type) {
		case 'MessageReceived':
			return received(state, fact);
		case 'MessageRouted':
			return routed(state, fact.data.messageId, fact.data.to);
		case 'ReplyRecorded':
			return recorded(state, fact.data.reply, fact.seq);
		case 'ReplyAttempted':
			return changeUnsent(state, fact.data.replyId, (unsent) => ({ ...unsent, unsure: true }));
		case 'ReplySent':
			return sent(state, fact.data.replyId);
		case 'ReplyFailed':
			return failed(state, fact);
		case 'QuestionClosed':
			return closed(state, fact.data);
		default:
			// A fact of a later release: it must not keep this one from showing the rest.
			return state;
	}
}

function received(state: Conversation, { seq, at, data }: FactOf<'MessageReceived'>): Conversation {
	return {
		...state,
		frontend: data.frontend,
		person: data.person,
		unrouted: [...state.unrouted, { ...data, seq, at }],
		recentMessages: remember(state.recentMessages, data.messageId, CONVERSATION_LIMITS.recentIds),
		counts: { ...state.counts, messages: state.counts.messages + 1 },
	};
}

function routed(state: Conversation, messageId: MessageId, to: Destination): Conversation {
	const rest = { ...state, unrouted: state.unrouted.filter((message) => message.messageId !== messageId) };
	if (to.kind === 'answer') return closed(rest, to);
	if (to.kind !== 'task' || rest.tasks.some((task) => task.taskId === to.taskId)) return rest;
	const number = rest.counts.tasks + 1;
	return {
		...rest,
		tasks: remember(rest.tasks, { number, taskId: to.taskId }, CONVERSATION_LIMITS.recentTasks),
		counts: { ...rest.counts, tasks: number },
	};
}

function recorded(state: Conversation, reply: ReplyBody, seq: number): Conversation {
	const { question, taskId, id: replyId } = reply;
	const asks = question !== undefined && taskId !== undefined;
	return {
		...state,
		unsent: [...state.unsent, { reply, seq, failures: 0, unsure: false }],
		openQuestions: asks ? [...state.openQuestions, { question, taskId, replyId }] : state.openQuestions,
		recentReplies: remember(state.recentReplies, replyId, CONVERSATION_LIMITS.recentIds),
		counts: { ...state.counts, replies: state.counts.replies + 1 },
	};
}

function sent(state: Conversation, replyId: ReplyId): Conversation {
	const rest = changeUnsent(state, replyId, () => undefined);
	return rest === state ? state : { ...rest, counts: { ...rest.counts, sent: rest.counts.sent + 1 } };
}

function failed(state: Conversation, { at, data }: FactOf<'ReplyFailed'>): Conversation {
	const { replyId, attempt, failure, retryAt } = data;
	if (retryAt !== undefined) {
		// Only a failure that is sure not to have reached the person clears the doubt.
		const unsure = failure.kind === 'unknown-outcome' || failure.kind === 'timed-out';
		return changeUnsent(state, replyId, (unsent) => ({ ...unsent, failures: attempt, retryAt, unsure }));
	}
	const unsent = state.unsent.find(({ reply }) => reply.id === replyId);
	if (unsent === undefined) return state;
	const rest = changeUnsent(state, replyId, () => undefined);
	return {
		...rest,
		givenUp: remember(rest.givenUp, { replyId, seq: unsent.seq, at, failure }, CONVERSATION_LIMITS.givenUp),
		counts: { ...rest.counts, givenUp: rest.counts.givenUp + 1 },
	};
}

function closed(state: Conversation, key: QuestionKey): Conversation {
	const open = findOpenQuestion(state, key);
	if (open === undefined) return state;
	return {
		...state,
		openQuestions: state.openQuestions.filter((other) => other !== open),
		closedQuestions: remember(state.closedQuestions, open.replyId, CONVERSATION_LIMITS.closedQuestions),
	};
}

function changeUnsent(
	state: Conversation,
	replyId: ReplyId,
	change: (unsent: UnsentReply) => UnsentReply | undefined,
): Conversation {
	if (!state.unsent.some(({ reply }) => reply.id === replyId)) return state;
	const unsent = state.unsent.flatMap((one) => (one.reply.id === replyId ? (change(one) ?? []) : one));
	return { ...state, unsent };
}

function remember<T>(list: readonly T[], one: T, limit: number): T[] {
	return [...list, one].slice(-limit);
}
