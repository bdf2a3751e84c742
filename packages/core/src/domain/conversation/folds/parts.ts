import type { ReplyId } from '../../ids.ts';
import type { QuestionKey } from '../facts.ts';
import {
	CONVERSATION_LIMITS,
	type Conversation,
	findOpenQuestion,
	type SentReply,
	type UnsentReply,
} from '../state.ts';

/** closed ends a question: its message says what came of it, where it can be edited. */
export function closed(state: Conversation, key: QuestionKey, outcome = 'No longer needed.'): Conversation {
	const open = findOpenQuestion(state, key);
	if (open === undefined) return state;
	const rest = {
		...state,
		openQuestions: state.openQuestions.filter((other) => other !== open),
		closedQuestions: remember(state.closedQuestions, open.replyId, CONVERSATION_LIMITS.closedQuestions),
	};
	return open.sent === undefined ? rest : revise(rest, open.sent, `${open.question.text}\n\n✓ ${outcome}`);
}

/** revise owes a message that stands its new text (Markdown). */
export function revise(state: Conversation, standing: SentReply, text: string): Conversation {
	const revisions = state.revisions.filter(({ reply }) => reply.id !== standing.reply.id);
	return { ...state, revisions: [...revisions, { ...standing, text }] };
}

/** changeUnsent changes a reply that is on its way, or takes it off when the change gives nothing. */
export function changeUnsent(
	state: Conversation,
	replyId: ReplyId,
	change: (unsent: UnsentReply) => UnsentReply | undefined,
): Conversation {
	if (!state.unsent.some(({ reply }) => reply.id === replyId)) return state;
	const unsent = state.unsent.flatMap((one) => (one.reply.id === replyId ? (change(one) ?? []) : one));
	return { ...state, unsent };
}

/** without leaves out the reply of this id. */
export function without(list: readonly SentReply[], replyId: ReplyId): SentReply[] {
	return list.filter(({ reply }) => reply.id !== replyId);
}

/** remember adds to a list that keeps its latest ones. */
export function remember<T>(list: readonly T[], one: T, limit: number): T[] {
	return [...list, one].slice(-limit);
}
