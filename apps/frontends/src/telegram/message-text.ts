import { CHAT_COMMANDS } from '@errand/core/domain/conversation/chat-command.ts';
import type { MessageEntity, UserFromGetMe } from 'grammy/types';

interface Worded {
	readonly text?: string | undefined;
	readonly entities?: readonly MessageEntity[] | undefined;
	readonly caption?: string | undefined;
	readonly caption_entities?: readonly MessageEntity[] | undefined;
}

/** MessageText is what was written, without the bot's name in it. */
export interface MessageText {
	readonly text: string;
	/** The bot is called by its name, or by one of its commands. */
	readonly mentioned: boolean;
	/** A command for another bot. */
	readonly forAnother: boolean;
}

/**
 * readMessageText takes a message's words or a file's caption: mentions of the bot are taken out, `/status@bot` becomes
 * `/status`, and the address behind linked words is written after them.
 */
export function readMessageText(message: Worded, me: Pick<UserFromGetMe, 'id' | 'username'>): MessageText {
	const source = message.text ?? message.caption ?? '';
	const entities = message.entities ?? message.caption_entities ?? [];
	let text = '';
	let from = 0;
	let mentioned = false;
	let forAnother = false;
	for (const entity of entities.toSorted((a, b) => a.offset - b.offset)) {
		if (entity.offset < from) continue;
		const end = entity.offset + entity.length;
		const words = source.slice(entity.offset, end);
		const [replacement, kind] = readEntity(entity, words, me);
		if (kind === 'mention') mentioned = true;
		if (kind === 'command' && isFirst(source, entity)) {
			const [name, bot] = words.split('@');
			if (bot !== undefined && !isMyName(bot, me)) forAnother = true;
			else if (bot !== undefined || isKnown(name ?? '')) mentioned = true;
		}
		text += source.slice(from, entity.offset) + replacement;
		from = end;
	}
	return { text: (text + source.slice(from)).trim(), mentioned, forAnother };
}

function readEntity(
	entity: MessageEntity,
	words: string,
	me: Pick<UserFromGetMe, 'id' | 'username'>,
): [string, 'mention' | 'command' | 'other'] {
	switch (entity.type) {
		case 'mention':
			return isMyName(words.slice(1), me) ? ['', 'mention'] : [words, 'other'];
		case 'text_mention':
			return entity.user.id === me.id ? ['', 'mention'] : [words, 'other'];
		case 'bot_command': {
			const [name = '', bot] = words.split('@');
			return [bot !== undefined && isMyName(bot, me) ? name : words, 'command'];
		}
		case 'text_link':
			return [words === entity.url ? words : `${words} (${entity.url})`, 'other'];
		default:
			return [words, 'other'];
	}
}

function isFirst(source: string, entity: MessageEntity): boolean {
	return source.slice(0, entity.offset).trim() === '';
}

function isMyName(name: string, me: Pick<UserFromGetMe, 'username'>): boolean {
	return name.toLowerCase() === me.username.toLowerCase();
}

function isKnown(command: string): boolean {
	const name = command.slice(1).toLowerCase();
	return name === 'start' || Object.hasOwn(CHAT_COMMANDS, name);
}
