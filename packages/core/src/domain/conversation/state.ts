import type { StepFailure } from '../capability.ts';
import type { MessageId, PersonId, ReplyId, TaskId } from '../ids.ts';
import type { Question } from '../task/question.ts';
import type { Message, QuestionKey } from './facts.ts';
import type { Receipt, ReplyBody } from './reply.ts';

/** CONVERSATION_LIMITS bound what a conversation remembers once nothing more is owed for it. */
export const CONVERSATION_LIMITS = {
	recentIds: 200,
	recentTasks: 20,
	closedQuestions: 20,
	givenUp: 20,
	progress: 20,
	unreported: 20,
	withdrawn: 20,
} as const;

/** WaitingMessage is a message that has not been routed yet. */
export interface WaitingMessage extends Message {
	readonly seq: number;
	readonly at: number;
}

/** HeldMessage waits for the person to say whether it changes the running task or is a new one. */
export interface HeldMessage {
	readonly message: WaitingMessage;
	readonly taskId: TaskId;
	readonly question: Question;
	readonly replyId: ReplyId;
	/** ms since 1970. */
	readonly since: number;
	readonly sent?: SentReply | undefined;
}

/** UnsentReply is a reply on its way; `seq` is its place in the conversation, `at` when it was written (ms since 1970). */
export interface UnsentReply {
	readonly reply: ReplyBody;
	readonly seq: number;
	readonly at: number;
	readonly failures: number;
	/** How often the platform said later that it had not arrived. */
	readonly bounces?: number | undefined;
	/** A delivery that is over may have reached the person without a receipt reaching us. */
	readonly unsure: boolean;
	/** A delivery began of which nothing was heard since: it is under way, or its process died. */
	readonly attempting: boolean;
	readonly notBefore?: number | undefined;
	readonly retryAt?: number | undefined;
	/** When it failed last, ms since 1970. */
	readonly failedAt?: number | undefined;
}

/** SentReply is a reply that stands on its platform. */
export interface SentReply {
	readonly reply: ReplyBody;
	readonly seq: number;
	readonly receipt: Receipt;
}

/** Unreported is a reply that the platform took and will say more about. */
export interface Unreported extends SentReply {
	readonly at: number;
	readonly failures: number;
	readonly bounces?: number | undefined;
}

/** Revision is a message that is to say what has become of it. */
export interface Revision extends SentReply {
	/** Markdown. */
	readonly text: string;
}

/** WithdrawnReply is a reply that became needless while it was under way; should it arrive, it is to say `text` (Markdown). */
export interface WithdrawnReply extends LostReply {
	readonly text: string;
}

/** OpenQuestion is a question the person has been asked here; `replyId` is the reply that asked it. */
export interface OpenQuestion {
	readonly question: Question;
	readonly taskId: TaskId;
	readonly replyId: ReplyId;
	readonly to?: PersonId | undefined;
	readonly sent?: SentReply | undefined;
}

/** GivenUpReply is a reply that could not be delivered. */
export interface GivenUpReply {
	readonly replyId: ReplyId;
	readonly seq: number;
	readonly at: number;
	readonly failure: StepFailure;
}

/** LostReply is a reply that has to be told elsewhere, because it could not be delivered here. */
export interface LostReply {
	readonly reply: ReplyBody;
	readonly seq: number;
}

/**
 * Conversation is the folded state of one conversation's facts: what is owed, and a bounded memory of what was. A repeat
 * older than `recent…` is not recognised here; the store's idempotency key of the append catches it.
 */
export interface Conversation {
	/** Sequence number and time of the last fact folded in. */
	readonly seq: number;
	readonly at: number;
	/** Person of the latest message, or whom the first reply was for. */
	readonly person?: PersonId | undefined;
	/** From this `seq` on it is this person's: an account can change hands. */
	readonly since: number;
	/** When the person wrote last, ms since 1970. */
	readonly heardAt?: number | undefined;
	readonly unrouted: readonly WaitingMessage[];
	readonly held?: HeldMessage | undefined;
	readonly unsent: readonly UnsentReply[];
	readonly withdrawn: readonly WithdrawnReply[];
	readonly openQuestions: readonly OpenQuestion[];
	/** The replies that asked what is settled by now. */
	readonly closedQuestions: readonly ReplyId[];
	readonly revisions: readonly Revision[];
	/** The progress messages of tasks that have not ended. */
	readonly progress: readonly SentReply[];
	readonly unreported: readonly Unreported[];
	readonly lost: readonly LostReply[];
	/** Oldest first. */
	readonly tasks: readonly TaskId[];
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

/** findSentReply finds the reply that stands on the platform under an id, among those that can still be replied to. */
export function findSentReply(state: ConversationState, platformMessageId: string): ReplyId | undefined {
	if (state === undefined) return undefined;
	const sent = [
		...state.openQuestions.flatMap((asked) => asked.sent ?? []),
		...(state.held?.sent === undefined ? [] : [state.held.sent]),
		...state.progress,
	];
	return sent.find(({ receipt }) => receipt.platformMessageIds.includes(platformMessageId))?.reply.id;
}
