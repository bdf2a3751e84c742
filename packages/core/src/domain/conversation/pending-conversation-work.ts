import type { ReplyBody } from './reply.ts';
import type { ConversationState, WaitingMessage } from './state.ts';

/** ConversationWork is what the world still owes a conversation; `key` is the same each time for the same work. */
export type ConversationWork =
	| { readonly key: string; readonly kind: 'route'; readonly message: WaitingMessage }
	| {
			readonly key: string;
			readonly kind: 'deliver';
			readonly reply: ReplyBody;
			readonly seq: number;
			/** The person may have seen it already. */
			readonly repeated: boolean;
	  }
	| { readonly key: string; readonly kind: 'wait'; readonly until: number };

/**
 * pendingConversationWork reads off what a conversation is owed now. One message and one reply at a time: where a message
 * goes depends on where the one before it went, and replies are to arrive in the order they were written.
 */
export function pendingConversationWork(state: ConversationState, now: number): ConversationWork[] {
	const work: ConversationWork[] = [];
	const message = state?.unrouted[0];
	if (message !== undefined) work.push({ key: `route:${message.messageId}`, kind: 'route', message });
	const next = state?.unsent[0];
	if (next === undefined) return work;
	const { reply, seq, failures, unsure, retryAt = 0 } = next;
	if (retryAt > now) work.push({ key: `wait:${reply.id}:${failures}`, kind: 'wait', until: retryAt });
	else work.push({ key: `deliver:${reply.id}:${failures}`, kind: 'deliver', reply, seq, repeated: unsure });
	return work;
}
