import { asConversationId, type ConversationId } from '@errand/core/domain/ids.ts';

/** TelegramPlace is where somebody writes: a chat, a topic of it (0 where it has none), and who it is. */
export interface TelegramPlace {
	readonly chat: number;
	readonly topic: number;
	readonly user: number;
}

/** conversationAt names somebody's conversation: `telegram-<user>` in private, else `telegram-<chat>.<topic>-<user>`. */
export function conversationAt(place: TelegramPlace): ConversationId {
	const { chat, topic, user } = place;
	return asConversationId(isPrivate(place) && topic === 0 ? `telegram-${user}` : `telegram-${chat}.${topic}-${user}`);
}

/** placeOf finds the way back from a conversation's id alone. */
export function placeOf(conversation: ConversationId): TelegramPlace | undefined {
	const found = /^telegram-(?:(-?\d{1,16})\.(\d{1,16})-)?(\d{1,16})$/.exec(conversation);
	if (found === null) return undefined;
	const user = Number(found[3]);
	return { chat: Number(found[1] ?? user), topic: Number(found[2] ?? 0), user };
}

/** isPrivate says whether nobody else reads along: a private chat has the number of its person. */
export function isPrivate({ chat, user }: TelegramPlace): boolean {
	return chat === user;
}
