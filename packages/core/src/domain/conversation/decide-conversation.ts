import type { RetryPolicy } from '../capability.ts';
import { CoreError } from '../errors.ts';
import type { MessageId } from '../ids.ts';
import { retryWaitMs } from '../task/retry-wait.ts';
import type { ConversationCommand } from './commands.ts';
import { type ConversationFact, conversationFact, type Destination, type Message } from './facts.ts';
import type { ReplyBody } from './reply.ts';
import { type ConversationState, findOpenQuestion } from './state.ts';

/** ConversationDecision is the facts a command adds (none when it was done before), or why it is refused. */
export type ConversationDecision =
	| { readonly ok: true; readonly facts: readonly ConversationFact[] }
	| { readonly ok: false; readonly error: CoreError };

const DELIVERY_RETRY: RetryPolicy = { maxAttempts: 8, waitsMs: [1_000, 10_000, 100_000] };

/** decideConversation says which facts a command may add. Every command may come twice; the second adds nothing. */
export function decideConversation(state: ConversationState, command: ConversationCommand): ConversationDecision {
	switch (command.type) {
		case 'ReceiveMessage':
			return receive(state, command.message);
		case 'RouteMessage':
			return route(state, command.messageId, command.to);
		case 'RecordReply':
			return record(state, command.reply);
		case 'AttemptDelivery': {
			const unsent = unsentReply(state, command.replyId);
			if (unsent === undefined || unsent.unsure) return nothingNew;
			return add(conversationFact('ReplyAttempted', { replyId: command.replyId }));
		}
		case 'RecordReceipt': {
			const { replyId, receipt } = command;
			if (unsentReply(state, replyId) === undefined) return nothingNew;
			return add(conversationFact('ReplySent', { replyId, receipt }));
		}
		case 'FailDelivery':
			return failDelivery(state, command);
		case 'CloseQuestion': {
			const { taskId, questionId } = command;
			const open = state !== undefined && findOpenQuestion(state, command) !== undefined;
			return open ? add(conversationFact('QuestionClosed', { taskId, questionId })) : nothingNew;
		}
	}
}

const nothingNew: ConversationDecision = { ok: true, facts: [] };

function add(fact: ConversationFact): ConversationDecision {
	return { ok: true, facts: [fact] };
}

function receive(state: ConversationState, message: Message): ConversationDecision {
	const known = state?.recentMessages.includes(message.messageId) || isUnrouted(state, message.messageId);
	return known ? nothingNew : add(conversationFact('MessageReceived', message));
}

function route(state: ConversationState, messageId: MessageId, to: Destination): ConversationDecision {
	if (isUnrouted(state, messageId)) return add(conversationFact('MessageRouted', { messageId, to }));
	if (state?.recentMessages.includes(messageId)) return nothingNew;
	const error = new CoreError('not-found', `Cannot route message "${messageId}": it is not in this conversation.`, {
		hint: 'Receive the message before routing it.',
	});
	return { ok: false, error };
}

function record(state: ConversationState, reply: ReplyBody): ConversationDecision {
	const known = state?.recentReplies.includes(reply.id) || unsentReply(state, reply.id) !== undefined;
	return known ? nothingNew : add(conversationFact('ReplyRecorded', { reply }));
}

function failDelivery(
	state: ConversationState,
	command: Extract<ConversationCommand, { type: 'FailDelivery' }>,
): ConversationDecision {
	const { replyId, failure, jitter, at } = command;
	const unsent = unsentReply(state, replyId);
	if (unsent === undefined) return nothingNew;
	const attempt = unsent.failures + 1;
	const waitMs = failure.kind === 'permanent' ? undefined : retryWaitMs(DELIVERY_RETRY, attempt, failure, jitter);
	const retryAt = waitMs === undefined ? undefined : at + waitMs;
	return add(
		conversationFact('ReplyFailed', { replyId, attempt, failure, ...(retryAt === undefined ? {} : { retryAt }) }),
	);
}

function isUnrouted(state: ConversationState, messageId: MessageId): boolean {
	return state?.unrouted.some((message) => message.messageId === messageId) ?? false;
}

function unsentReply(state: ConversationState, replyId: ReplyBody['id']) {
	return state?.unsent.find(({ reply }) => reply.id === replyId);
}
