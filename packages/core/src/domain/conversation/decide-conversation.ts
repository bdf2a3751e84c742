import type { RetryPolicy } from '../capability.ts';
import { CoreError } from '../errors.ts';
import type { MessageId, ReplyId } from '../ids.ts';
import { retryWaitMs } from '../task/retry-wait.ts';
import type { ConversationCommand } from './commands.ts';
import { type ConversationFact, conversationFact, type Destination, type Message } from './facts.ts';
import type { ReplyBody } from './reply.ts';
import { type ConversationState, findOpenQuestion, type UnsentReply } from './state.ts';

/** ConversationDecision is the facts a command adds (none when it was done before), or why it is refused. */
export type ConversationDecision =
	| { readonly ok: true; readonly facts: readonly ConversationFact[] }
	| { readonly ok: false; readonly error: CoreError };

/** How long a reply is tried (ms), by what it is worth: progress is stale soon, everything else is wanted late as well. */
const LIFETIME_MS = { progress: 60_000, question: 86_400_000, answer: 86_400_000, notice: 86_400_000 } as const;

/** Bounded by the lifetime; a platform that is known to be down is not even tried. */
const DELIVERY_RETRY: RetryPolicy = {
	maxAttempts: Number.MAX_SAFE_INTEGER,
	waitsMs: [1_000, 10_000, 30_000, ...Array<number>(30).fill(60_000), 600_000],
};

/** A message that a carrier lost goes out once more, after this wait (ms). */
const BOUNCE_RETRIES = 1;
const BOUNCE_WAIT_MS = 60_000;

/**
 * decideConversation says which facts a command may add. Every command may come twice; the second adds nothing, but for an
 * attempt at a delivery: each one leaves its own fact, before it begins.
 */
export function decideConversation(state: ConversationState, command: ConversationCommand): ConversationDecision {
	switch (command.type) {
		case 'ReceiveMessage':
			return receive(state, command.message);
		case 'RouteMessage':
			return route(state, command.messageId, command.to);
		case 'ReleaseHeldMessage': {
			const { messageId, to } = command;
			if (state?.held?.message.messageId !== messageId) return nothingNew;
			return add(conversationFact('HeldMessageReleased', { messageId, to }));
		}
		case 'RecordReply':
			return record(state, command);
		case 'AttemptDelivery': {
			if (unsentReply(state, command.replyId) === undefined) return nothingNew;
			return add(conversationFact('ReplyAttempted', { replyId: command.replyId }));
		}
		case 'RecordReceipt': {
			const { replyId, receipt } = command;
			const withdrawn = state?.withdrawn.some(({ reply }) => reply.id === replyId) ?? false;
			if (unsentReply(state, replyId) === undefined && !withdrawn) return nothingNew;
			return add(conversationFact('ReplySent', { replyId, receipt }));
		}
		case 'FailDelivery':
			return failDelivery(state, command);
		case 'ReportDelivery':
			return reportDelivery(state, command);
		case 'ExpireReply':
			return expire(state, command.replyId, command.at);
		case 'RecordForward': {
			const { replyId, to } = command;
			const owed = state?.lost.some(({ reply }) => reply.id === replyId) ?? false;
			return owed
				? add(conversationFact('ReplyForwarded', { replyId, ...(to === undefined ? {} : { to }) }))
				: nothingNew;
		}
		case 'RecordRevision': {
			const { replyId } = command;
			const owed = state?.revisions.some(({ reply }) => reply.id === replyId) ?? false;
			return owed ? add(conversationFact('ReplyRevised', { replyId })) : nothingNew;
		}
		case 'CloseQuestion':
			return closeQuestion(state, command);
	}
}

/** isExpired tells whether a reply has been waiting for longer than it is worth. */
export function isExpired({ reply, at, notBefore = 0 }: UnsentReply, now: number): boolean {
	return now >= Math.max(at, notBefore) + LIFETIME_MS[reply.kind];
}

/** expiresAt is when a reply will have been waiting for too long, ms since 1970. */
export function expiresAt({ reply, at, notBefore = 0 }: UnsentReply): number {
	return Math.max(at, notBefore) + LIFETIME_MS[reply.kind];
}

const nothingNew: ConversationDecision = { ok: true, facts: [] };

function add(...facts: ConversationFact[]): ConversationDecision {
	return { ok: true, facts };
}

function receive(state: ConversationState, message: Message): ConversationDecision {
	const known =
		state?.recentMessages.includes(message.messageId) ||
		isUnrouted(state, message.messageId) ||
		state?.held?.message.messageId === message.messageId;
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

type CommandOf<T extends ConversationCommand['type']> = Extract<ConversationCommand, { type: T }>;

function record(state: ConversationState, { reply, notBefore }: CommandOf<'RecordReply'>): ConversationDecision {
	const known = state?.recentReplies.includes(reply.id) || unsentReply(state, reply.id) !== undefined;
	if (known) return nothingNew;
	const recorded = conversationFact('ReplyRecorded', { reply, ...(notBefore === undefined ? {} : { notBefore }) });
	return add(recorded, ...staleProgress(state, reply).map((replyId) => conversationFact('ReplyDropped', { replyId })));
}

/** Progress that did not go out before the end of its task is not worth a message. */
function staleProgress(state: ConversationState, { kind, taskId }: ReplyBody): ReplyId[] {
	if (state === undefined || taskId === undefined || (kind !== 'answer' && kind !== 'notice')) return [];
	const stale = state.unsent.filter(({ reply }) => reply.kind === 'progress' && reply.taskId === taskId);
	return stale.map(({ reply }) => reply.id);
}

function failDelivery(state: ConversationState, command: CommandOf<'FailDelivery'>): ConversationDecision {
	const { replyId, failure, jitter, at } = command;
	const unsent = unsentReply(state, replyId);
	if (unsent === undefined) return nothingNew;
	const attempt = unsent.failures + 1;
	const waitMs = failure.kind === 'permanent' ? undefined : retryWaitMs(DELIVERY_RETRY, attempt, failure, jitter);
	const retryAt = waitMs === undefined || at + waitMs >= expiresAt(unsent) ? undefined : at + waitMs;
	if (retryAt === undefined && unsent.reply.kind === 'progress') return drop(replyId);
	return add(
		conversationFact('ReplyFailed', { replyId, attempt, failure, ...(retryAt === undefined ? {} : { retryAt }) }),
	);
}

function expire(state: ConversationState, replyId: ReplyId, at: number): ConversationDecision {
	const unsent = unsentReply(state, replyId);
	if (unsent === undefined || !isExpired(unsent, at)) return nothingNew;
	if (unsent.reply.kind === 'progress') return drop(replyId);
	const failure = {
		kind: 'permanent',
		code: 'expired',
		message: 'It could not be delivered for a whole day.',
		hint: 'It is kept in the history; the page shows it.',
	} as const;
	return add(conversationFact('ReplyFailed', { replyId, attempt: unsent.failures + 1, failure }));
}

function drop(replyId: ReplyId): ConversationDecision {
	return add(conversationFact('ReplyDropped', { replyId }));
}

function reportDelivery(
	state: ConversationState,
	{ platformMessageId, failure, at }: CommandOf<'ReportDelivery'>,
): ConversationDecision {
	const known = state?.unreported.find(({ receipt }) => receipt.platformMessageIds.includes(platformMessageId));
	if (known === undefined) return nothingNew;
	const { id: replyId } = known.reply;
	if (failure === undefined) return add(conversationFact('ReplyArrived', { replyId }));
	const again = failure.kind !== 'permanent' && (known.bounces ?? 0) < BOUNCE_RETRIES;
	return add(
		conversationFact('ReplyBounced', { replyId, failure, ...(again ? { retryAt: at + BOUNCE_WAIT_MS } : {}) }),
	);
}

function closeQuestion(
	state: ConversationState,
	{ taskId, questionId, outcome }: CommandOf<'CloseQuestion'>,
): ConversationDecision {
	const open = state === undefined ? undefined : findOpenQuestion(state, { taskId, questionId });
	if (open === undefined) return nothingNew;
	const told = outcome === undefined ? {} : { outcome };
	const closed = conversationFact('QuestionClosed', { taskId, questionId, ...told });
	const unsent = unsentReply(state, open.replyId);
	if (unsent === undefined) return add(closed);
	return add(closed, conversationFact('ReplyDropped', { replyId: open.replyId }));
}

function isUnrouted(state: ConversationState, messageId: MessageId): boolean {
	return state?.unrouted.some((message) => message.messageId === messageId) ?? false;
}

function unsentReply(state: ConversationState, replyId: ReplyId) {
	return state?.unsent.find(({ reply }) => reply.id === replyId);
}
