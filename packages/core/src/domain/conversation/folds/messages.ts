import type { PersonId, ReplyId } from '../../ids.ts';
import { remember } from '../../remember.ts';
import type { ConversationFactOf, Destination } from '../facts.ts';
import { CONVERSATION_LIMITS, type Conversation, type SentReply } from '../state.ts';
import { closed, endProgress, settled, without } from './parts.ts';

/** received takes a message in. */
export function received(before: Conversation, { seq, at, data }: ConversationFactOf<'MessageReceived'>): Conversation {
	const state = handedTo(before, data.person, seq);
	return {
		...state,
		heardAt: at,
		unrouted: [...state.unrouted, { ...data, seq, at }],
		recentMessages: remember(state.recentMessages, data.messageId, CONVERSATION_LIMITS.recentIds),
		counts: { ...state.counts, messages: state.counts.messages + 1 },
	};
}

/** What was said to somebody else with this account is nothing to its new person. */
function handedTo(state: Conversation, person: PersonId, seq: number): Conversation {
	if (state.person === person) return state;
	if (state.person === undefined) return { ...state, person };
	return { ...state, person, since: seq, openQuestions: [], progress: [], tasks: [] };
}

/** routed takes a message to where it belongs, or holds it. */
export function routed(state: Conversation, { at, data }: ConversationFactOf<'MessageRouted'>): Conversation {
	const { messageId, to } = data;
	const message = state.unrouted.find((one) => one.messageId === messageId);
	const rest = { ...state, unrouted: state.unrouted.filter((one) => one !== message) };
	if (to.kind !== 'held') return arrived(rest, to);
	if (message === undefined) return rest;
	const { taskId, question, replyId } = to;
	const standing = sentWith(rest, replyId);
	return { ...rest, held: { message, taskId, question, replyId, since: at, ...standing } };
}

/** The question that went with a held message may have been sent before the message was held. */
function sentWith(state: Conversation, replyId: ReplyId): { sent?: SentReply } {
	const found = state.progress.find(({ reply }) => reply.id === replyId);
	return found === undefined ? {} : { sent: found };
}

/** released lets a held message go where it was meant to. */
export function released(state: Conversation, { data }: ConversationFactOf<'HeldMessageReleased'>): Conversation {
	const { held } = state;
	if (held?.message.messageId !== data.messageId) return state;
	const text = data.to.kind === 'task' && data.to.replaces !== undefined ? 'Changed the running task.' : 'A new task.';
	const rest = settled(state, held, text);
	return arrived({ ...rest, held: undefined, progress: without(rest.progress, held.replyId) }, data.to);
}

function arrived(state: Conversation, to: Destination): Conversation {
	if (to.kind === 'answer') return closed(state, to, to.words === undefined ? 'Answered.' : `Answered: ${to.words}`);
	if (to.kind !== 'task' || state.tasks.includes(to.taskId)) return state;
	return {
		// The task that was replaced ends without a word of its own.
		...(to.replaces === undefined ? state : endProgress(state, to.replaces, '✗')),
		tasks: remember(state.tasks, to.taskId, CONVERSATION_LIMITS.recentTasks),
		counts: { ...state.counts, tasks: state.counts.tasks + 1 },
	};
}
