import type { StepFailure } from '../capability.ts';
import type { MessageId, PersonId, QuestionId, ReplyId, TaskId } from '../ids.ts';
import type { Attachment } from '../task/facts.ts';
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
	| { readonly kind: 'task'; readonly taskId: TaskId }
	| ({ readonly kind: 'answer' } & QuestionKey)
	| { readonly kind: 'command'; readonly name: string }
	| { readonly kind: 'nothing' };

interface ConversationFactData {
	MessageReceived: Message;
	MessageRouted: { readonly messageId: MessageId; readonly to: Destination };
	ReplyRecorded: { readonly reply: ReplyBody };
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
	QuestionClosed: QuestionKey;
}

export type ConversationFactType = keyof ConversationFactData;
/** ConversationFact is one thing that happened in a conversation: a past-tense type and its data. */
export type ConversationFact = {
	[T in ConversationFactType]: { readonly type: T; readonly v: 1; readonly data: ConversationFactData[T] };
}[ConversationFactType];
/** RecordedConversationFact is a conversation's fact with its place in the stream (`seq` from 1, no gaps) and its time (ms since 1970). */
export type RecordedConversationFact = ConversationFact & { readonly seq: number; readonly at: number };

/** conversationFact builds a fact of the current version. */
export function conversationFact<T extends ConversationFactType>(
	type: T,
	data: ConversationFactData[T],
): Extract<ConversationFact, { type: T }> {
	return { type, v: 1, data } as unknown as Extract<ConversationFact, { type: T }>;
}
