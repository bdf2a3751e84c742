import type { StepFailure } from '../capability.ts';
import type { ConversationId, MessageId, PersonId, QuestionId, ReplyId, TaskId } from '../ids.ts';
import type { Attachment } from '../task/facts.ts';
import type { Question } from '../task/question.ts';
import type { Receipt, ReplyBody } from './reply.ts';

/** Message is something a person wrote, as it is stored. */
export interface Message {
	readonly messageId: MessageId;
	readonly frontend: string;
	readonly platformMessageId: string;
	readonly identity: string;
	readonly person: PersonId;
	readonly text: string;
	readonly attachments: readonly Attachment[];
	readonly replyTo?: ReplyId | undefined;
	/** Other people read along where it was written. */
	readonly shared?: boolean | undefined;
	/** The text is a secret: it is in the vault under this reference, and `text` is empty. */
	readonly secret?: string | undefined;
}

/** QuestionKey names a question in a conversation: its id is unique in its task only. */
export interface QuestionKey {
	readonly taskId: TaskId;
	readonly questionId: QuestionId;
}

/** Destination is what became of a message. */
export type Destination =
	/** It became a task; `replaces` names the running one that it changed. */
	| { readonly kind: 'task'; readonly taskId: TaskId; readonly replaces?: TaskId | undefined }
	/** `words` are what was answered, unless it is a secret. */
	| ({ readonly kind: 'answer'; readonly words?: string | undefined } & QuestionKey)
	/** It may be meant for the running task or be a new one: the person is asked. */
	| { readonly kind: 'held'; readonly taskId: TaskId; readonly question: Question; readonly replyId: ReplyId }
	| { readonly kind: 'command'; readonly name: string }
	| { readonly kind: 'nothing' };

interface ConversationFactData {
	MessageReceived: Message;
	MessageRouted: { readonly messageId: MessageId; readonly to: Destination };
	/** A message that was held has become what the person, or time, said it was. */
	HeldMessageReleased: { readonly messageId: MessageId; readonly to: Destination };
	/** `notBefore`: progress waits until a task turns out to take a while, messages at night until the morning. */
	ReplyRecorded: { readonly reply: ReplyBody; readonly notBefore?: number | undefined };
	/** It is of no use any more: progress of a task that has ended, a question that was answered elsewhere. */
	ReplyDropped: { readonly replyId: ReplyId };
	/** A delivery is about to start whose platform would show a repeat twice. */
	ReplyAttempted: { readonly replyId: ReplyId };
	ReplySent: { readonly replyId: ReplyId; readonly receipt: Receipt };
	/** Without `retryAt` the reply is given up. */
	ReplyFailed: {
		readonly replyId: ReplyId;
		readonly attempt: number;
		readonly failure: StepFailure;
		readonly retryAt?: number | undefined;
	};
	/** The platform said later that it arrived. */
	ReplyArrived: { readonly replyId: ReplyId };
	/** The platform said later that it did not arrive. Without `retryAt` the reply is given up. */
	ReplyBounced: { readonly replyId: ReplyId; readonly failure: StepFailure; readonly retryAt?: number | undefined };
	/** What could not be delivered was told in another conversation of the person, if there is one. */
	ReplyForwarded: { readonly replyId: ReplyId; readonly to?: ConversationId | undefined };
	/** A message that was sent now says what has become of it, as far as its platform allows. */
	ReplyRevised: { readonly replyId: ReplyId };
	/** `outcome` is what the others are told: `Answered: yes`. */
	QuestionClosed: QuestionKey & { readonly outcome?: string | undefined };
}

export type ConversationFactType = keyof ConversationFactData;
/** ConversationFact is one thing that happened in a conversation: a past-tense type and its data. */
export type ConversationFact = {
	[T in ConversationFactType]: { readonly type: T; readonly v: 1; readonly data: ConversationFactData[T] };
}[ConversationFactType];
/** RecordedConversationFact is a conversation's fact with its place in the stream (`seq` from 1, no gaps) and its time (ms since 1970). */
export type RecordedConversationFact = ConversationFact & { readonly seq: number; readonly at: number };

/** ConversationFactOf picks one recorded fact by its type. */
export type ConversationFactOf<T extends ConversationFactType> = Extract<RecordedConversationFact, { type: T }>;

/** conversationFact builds a fact of the current version. */
export function conversationFact<T extends ConversationFactType>(
	type: T,
	data: ConversationFactData[T],
): Extract<ConversationFact, { type: T }> {
	return { type, v: 1, data } as unknown as Extract<ConversationFact, { type: T }>;
}
