import { readChatCommand } from './chat-command.ts';
import type { Message } from './facts.ts';
import { type ConversationState, nextQuestions, type OpenQuestion } from './state.ts';

/**
 * secretIn finds the words of a message that answer a question of kind `secret`. It is asked before the message is stored,
 * so that history never holds them; in doubt they count as secret.
 */
export function secretIn(
	state: ConversationState,
	message: Pick<Message, 'text' | 'replyTo'>,
): SecretWords | undefined {
	const open = state?.openQuestions ?? [];
	const isSecret = (asked: OpenQuestion | undefined) => asked?.question.kind === 'secret';
	if (message.text.trim() === '' || !open.some(isSecret)) return undefined;
	const command = readChatCommand(message.text);
	if (command?.name === 'answer' && command.rest !== '') {
		const { number, rest } = command;
		const asked = number === undefined ? open.find(isSecret) : open[number - 1];
		return isSecret(asked) ? { words: rest, text: number === undefined ? '/answer' : `/answer ${number}` } : undefined;
	}
	if (command?.name !== undefined) return undefined;
	const whole = { words: message.text.trim(), text: '' };
	if (message.replyTo !== undefined) {
		return isSecret(open.find(({ replyId }) => replyId === message.replyTo)) ? whole : undefined;
	}
	return nextQuestions(open).some(isSecret) ? whole : undefined;
}

/** SecretWords are words for the vault, and the text that is stored in their place. */
export interface SecretWords {
	readonly words: string;
	readonly text: string;
}
