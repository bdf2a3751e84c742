import type { Entity } from './parse-markup.ts';
import { badRequest, Refusal } from './refusal.ts';

/** Account is somebody on Telegram: a person or a bot. */
export interface Account {
	readonly id: number;
	readonly is_bot: boolean;
	readonly first_name: string;
	readonly username?: string;
}

/** Button is one under a message. */
export interface Button {
	readonly text: string;
	readonly callback_data?: string;
}

/** ShownMessage is a message as it stands in a chat. */
export interface ShownMessage {
	readonly id: number;
	readonly chat: number;
	readonly from: Account;
	readonly date: number;
	text: string;
	entities: readonly Entity[];
	buttons: readonly (readonly Button[])[];
	readonly forceReply: boolean;
	readonly file?: { readonly kind: 'photo' | 'document'; readonly name: string; readonly content: Buffer };
	readonly replyTo?: number;
	readonly topic?: number;
	edits: number;
	deleted: boolean;
}

/** Chat is a place where people write. */
export interface Chat {
	readonly id: number;
	readonly type: 'private' | 'group' | 'supergroup';
	readonly title?: string;
	readonly first_name?: string;
	readonly is_forum?: true;
	readonly messages: Map<number, ShownMessage>;
	readonly typing: number[];
	/** Why the bot may not write here. */
	barred?: string;
	movedTo?: number;
	nextId: number;
}

/** Chats are all places, with what was said there. */
export class Chats {
	readonly #chats = new Map<number, Chat>();

	open(chat: Omit<Chat, 'messages' | 'typing' | 'nextId'>): Chat {
		const known = this.#chats.get(chat.id);
		if (known !== undefined) return known;
		const opened: Chat = { ...chat, messages: new Map(), typing: [], nextId: 1 };
		this.#chats.set(chat.id, opened);
		return opened;
	}

	find(id: number): Chat | undefined {
		return this.#chats.get(id);
	}

	/** The chat that the bot wants to write in. */
	forBot(id: unknown): Chat {
		const chat = this.#chats.get(Number(id));
		if (chat === undefined) throw badRequest('chat not found');
		if (chat.movedTo !== undefined) {
			const moved = 'Bad Request: group chat was upgraded to a supergroup chat';
			throw new Refusal(400, moved, { migrate_to_chat_id: chat.movedTo });
		}
		if (chat.barred !== undefined) throw new Refusal(403, `Forbidden: ${chat.barred}`);
		return chat;
	}

	/** Like a message in an update or an answer. */
	asMessage(message: ShownMessage): Record<string, unknown> {
		const { id, chat: chatId, from, date, text, entities, buttons, file, topic } = message;
		const {
			messages,
			typing: _typing,
			nextId: _nextId,
			barred: _barred,
			movedTo: _moved,
			...chat
		} = this.#chats.get(chatId) ?? this.open({ id: chatId, type: 'private' });
		const answered = message.replyTo === undefined ? undefined : messages.get(message.replyTo);
		return {
			message_id: id,
			from,
			chat,
			date,
			...(topic === undefined ? {} : { message_thread_id: topic, is_topic_message: true }),
			...(file === undefined ? { text, entities } : { caption: text, document: { file_name: file.name } }),
			...(buttons.length === 0 ? {} : { reply_markup: { inline_keyboard: buttons } }),
			...(answered === undefined
				? {}
				: { reply_to_message: this.asMessage({ ...answered, replyTo: undefined } as never) }),
		};
	}
}
