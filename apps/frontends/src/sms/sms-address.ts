import { asConversationId, type ConversationId } from '@errand/core/domain/ids.ts';

const PREFIX = 'sms-';

/** smsConversation is the conversation with a number. */
export function smsConversation(number: string): ConversationId {
	return asConversationId(`${PREFIX}${number}`);
}

/** numberOf is the number that a conversation is held with; undefined for one of another frontend. */
export function numberOf(conversation: ConversationId): string | undefined {
	const number = conversation.startsWith(PREFIX) ? conversation.slice(PREFIX.length) : '';
	return isPhoneNumber(number) ? number : undefined;
}

/** isPhoneNumber takes E.164 and short codes, neither names nor addresses of other channels (`whatsapp:+1…`). */
export function isPhoneNumber(text: string): boolean {
	return /^(?:\+[1-9]\d{6,14}|\d{3,8})$/.test(text);
}
