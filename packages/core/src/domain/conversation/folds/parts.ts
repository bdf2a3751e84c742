import type { ReplyId, TaskId } from '../../ids.ts';
import { remember } from '../../remember.ts';
import type { Question } from '../../task/question.ts';
import type { QuestionKey } from '../facts.ts';
import type { ReplyBody } from '../reply.ts';
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
	const rest = { ...state, openQuestions: state.openQuestions.filter((other) => other !== open) };
	return settled(rest, open, outcome);
}

/** settled makes a question that was asked say what came of it, whether it stands already or is on its way. */
export function settled(
	state: Conversation,
	{ question, replyId, sent }: { question: Question; replyId: ReplyId; sent?: SentReply | undefined },
	outcome: string,
): Conversation {
	const text = `${question.text}\n\n✓ ${outcome}`;
	const rest = {
		...withdraw(state, replyId, text),
		closedQuestions: remember(state.closedQuestions, replyId, CONVERSATION_LIMITS.closedQuestions),
	};
	return sent === undefined ? rest : revise(rest, sent, text);
}

/** endProgress makes the progress messages of a task stop saying that it is under way. */
export function endProgress(state: Conversation, taskId: TaskId, mark: '✓' | '✗'): Conversation {
	const isIts = ({ reply }: { readonly reply: ReplyBody }) => reply.kind === 'progress' && reply.taskId === taskId;
	const words = ({ text }: ReplyBody) => `${mark} ${text}`;
	let next = state;
	for (const { reply } of state.unsent.filter(isIts)) next = withdraw(next, reply.id, words(reply));
	const over = state.progress.filter(isIts);
	if (over.length === 0) return next;
	for (const standing of over) next = revise(next, standing, words(standing.reply));
	return { ...next, progress: state.progress.filter((one) => !over.includes(one)) };
}

/** withdraw takes a reply off that became needless; one that is under way is to say `text` should it arrive. */
export function withdraw(state: Conversation, replyId: ReplyId, text: string): Conversation {
	const unsent = state.unsent.find(({ reply }) => reply.id === replyId);
	if (unsent === undefined) return state;
	const { reply, seq, attempting } = unsent;
	const rest = { ...state, unsent: state.unsent.filter((one) => one !== unsent) };
	if (!attempting) return rest;
	return { ...rest, withdrawn: remember(state.withdrawn, { reply, seq, text }, CONVERSATION_LIMITS.withdrawn) };
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
