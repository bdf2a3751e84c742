import type { StepFailure } from '../capability.ts';
import type { MessageId, PersonId, ReplyId, TaskId } from '../ids.ts';
import type { Question } from '../task/question.ts';
import type { Message, QuestionKey } from './facts.ts';
import type { ReplyBody } from './reply.ts';

/** CONVERSATION_LIMITS bound what a conversation remembers once nothing more is owed for it. */
export const CONVERSATION_LIMITS = { recentIds: 200, recentTasks: 20, closedQuestions: 20, givenUp: 20 } as const;

/** WaitingMessage is a message that has not been routed yet. */
export interface WaitingMessage extends Message {
	readonly seq: number;
	readonly at: number;
}

/** UnsentReply is a reply on its way; `seq` is its place in the conversation. */
export interface UnsentReply {
	readonly reply: ReplyBody;
	readonly seq: number;
	readonly failures: number;
	/** A delivery may have reached the person without a receipt reaching us. */
	readonly unsure: boolean;
	readonly retryAt?: number | undefined;
}

/** OpenQuestion is a question the person has been asked here; `replyId` is the reply that asked it. */
export interface OpenQuestion {
	readonly question: Question;
	readonly taskId: TaskId;
	readonly replyId: ReplyId;
}

/** TaskNumber is a task as people call it here: `/cancel 3` means the third task of the conversation, for good. */
export interface TaskNumber {
	readonly number: number;
	readonly taskId: TaskId;
}

/** GivenUpReply is a reply that could not be delivered. */
export interface GivenUpReply {
	readonly replyId: ReplyId;
	readonly seq: number;
	readonly at: number;
	readonly failure: StepFailure;
}

/**
 * Conversation is the folded state of one conversation's facts: what is owed, and a bounded memory of what was. A repeat
 * older than `recent…` is not recognised here; the store's idempotency key of the append catches it.
 */
export interface Conversation {
	/** Sequence number and time of the last fact folded in. */
	readonly seq: number;
	readonly at: number;
	/** Frontend and person of the latest message. */
	readonly frontend?: string | undefined;
	readonly person?: PersonId | undefined;
	readonly unrouted: readonly WaitingMessage[];
	readonly unsent: readonly UnsentReply[];
	readonly openQuestions: readonly OpenQuestion[];
	/** The replies that asked what is answered by now. */
	readonly closedQuestions: readonly ReplyId[];
	/** Oldest first. */
	readonly tasks: readonly TaskNumber[];
	readonly givenUp: readonly GivenUpReply[];
	readonly recentMessages: readonly MessageId[];
	readonly recentReplies: readonly ReplyId[];
	readonly counts: {
		readonly messages: number;
		readonly tasks: number;
		readonly replies: number;
		readonly sent: number;
		readonly givenUp: number;
	};
}

/** ConversationState is a conversation, or `undefined` before its first fact. */
export type ConversationState = Conversation | undefined;

/** findOpenQuestion finds a question that waits for its answer here. */
export function findOpenQuestion(state: Conversation, key: QuestionKey): OpenQuestion | undefined {
	return state.openQuestions.find(({ question, taskId }) => question.id === key.questionId && taskId === key.taskId);
}

/** nextQuestions are those a plain message may answer: what a task asks together is answered in the order it was asked. */
export function nextQuestions(open: readonly OpenQuestion[]): OpenQuestion[] {
	return open.filter((asked) => open.find(({ taskId }) => taskId === asked.taskId) === asked);
}
