import { asConversationId, type ConversationId } from '../ids.ts';

/** A conversation's id begins with the name of its frontend: `telegram-4711`. */
export function frontendOf(conversation: ConversationId): string {
	return conversation.slice(0, conversation.indexOf('-'));
}

const CHATS: readonly string[] = ['discord', 'telegram', 'sms'];

/** identityIn is the account with which a conversation on a chat platform is held: the last part of its id. Undefined elsewhere. */
export function identityIn(conversation: ConversationId): string | undefined {
	const frontend = frontendOf(conversation);
	return CHATS.includes(frontend) ? `${frontend}:${conversation.slice(conversation.lastIndexOf('-') + 1)}` : undefined;
}

/**
 * homeOf names the conversation in which somebody can be written to without others reading along: `web-<person>`,
 * `discord-dm-<user>`, `telegram-<user>`, `sms-<number>`. Undefined for an identity that cannot be written to.
 */
export function homeOf(identity: string): ConversationId | undefined {
	const colon = identity.indexOf(':');
	const [frontend, who] = [identity.slice(0, colon), identity.slice(colon + 1)];
	switch (frontend) {
		case 'web':
		case 'telegram':
		case 'sms':
			return asConversationId(`${frontend}-${who}`);
		case 'discord':
			return asConversationId(`discord-dm-${who}`);
		default:
			return undefined;
	}
}
