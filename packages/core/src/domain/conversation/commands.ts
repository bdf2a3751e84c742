import type { StepFailure } from '../capability.ts';
import type { ConversationId, MessageId, ReplyId } from '../ids.ts';
import type { Destination, Message, QuestionKey } from './facts.ts';
import type { Receipt, ReplyBody } from './reply.ts';

interface ConversationCommandData {
	ReceiveMessage: { readonly message: Message };
	RouteMessage: { readonly messageId: MessageId; readonly to: Destination };
	ReleaseHeldMessage: { readonly messageId: MessageId; readonly to: Destination };
	RecordReply: { readonly reply: ReplyBody; readonly notBefore?: number | undefined };
	/** Says that a delivery is about to start, each time; only needed where the platform does not recognise a repeated reply id. */
	AttemptDelivery: { readonly replyId: ReplyId };
	RecordReceipt: { readonly replyId: ReplyId; readonly receipt: Receipt };
	/** `jitter` in [0, 1) spreads the wait before the next attempt by ± 20 %. */
	FailDelivery: { readonly replyId: ReplyId; readonly failure: StepFailure; readonly jitter: number };
	/** The platform reports later on a message it took: `failure` when it did not arrive. */
	ReportDelivery: { readonly platformMessageId: string; readonly failure?: StepFailure | undefined };
	/** What is too late to be of use is given up. */
	ExpireReply: { readonly replyId: ReplyId };
	RecordForward: { readonly replyId: ReplyId; readonly to?: ConversationId | undefined };
	RecordRevision: { readonly replyId: ReplyId };
	CloseQuestion: QuestionKey & { readonly outcome?: string | undefined };
}

type ConversationCommandType = keyof ConversationCommandData;
/** ConversationCommand asks for a change; `at` is when (ms since 1970), because deciding reads no clock. */
export type ConversationCommand = {
	[T in ConversationCommandType]: { readonly type: T; readonly at: number } & ConversationCommandData[T];
}[ConversationCommandType];
