import { asConversationId, type ConversationId } from '@errand/core/domain/ids.ts';

/**
 * DiscordPlace is where a conversation is held: with one user alone, or in a channel under one message. `root` is that
 * message, and the thread too once there is one, because a thread made from a message has the message's id.
 */
export type DiscordPlace =
	| { readonly kind: 'dm'; readonly user: string }
	| { readonly kind: 'shared'; readonly channel: string; readonly root: string; readonly user: string };

/** conversationAt names the conversation that is held at a place. */
export function conversationAt(place: DiscordPlace): ConversationId {
	return asConversationId(
		place.kind === 'dm' ? `discord-dm-${place.user}` : `discord-${place.channel}-${place.root}-${place.user}`,
	);
}

/** placeOf finds the way back from a conversation's id; undefined when it is none of Discord's. */
export function placeOf(conversation: ConversationId): DiscordPlace | undefined {
	const direct = /^discord-dm-(\d{1,20})$/.exec(conversation);
	if (direct?.[1]) return { kind: 'dm', user: direct[1] };
	const shared = /^discord-(\d{1,20})-(\d{1,20})-(\d{1,20})$/.exec(conversation);
	const [, channel, root, user] = shared ?? [];
	return channel && root && user ? { kind: 'shared', channel, root, user } : undefined;
}
