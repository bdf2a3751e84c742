import type { Account, Chat, ShownMessage } from './chats.ts';
import type { Entity } from './parse-markup.ts';
import type { TelegramServer } from './telegram-server.ts';

/** SentFile is a file that a person sends. */
export interface SentFile {
	readonly name: string;
	readonly type: string;
	readonly content: Buffer;
	/** As a picture rather than as a file. */
	readonly photo?: boolean;
	/** The size that Telegram tells, where it is not that of the content. */
	readonly saidSize?: number;
}

interface Place {
	readonly in?: TelegramGroup | undefined;
	readonly topic?: number | undefined;
}

interface Said extends Place {
	/** The message it replies to. */
	readonly replyTo?: ShownMessage | number | undefined;
}

/** TelegramPerson is somebody with Telegram on their phone. */
export class TelegramPerson {
	readonly account: Account;
	readonly #server: TelegramServer;

	constructor(server: TelegramServer, account: Account) {
		this.#server = server;
		this.account = account;
	}

	get id(): number {
		return this.account.id;
	}

	/** `telegram:<number>`. */
	get identity(): string {
		return `telegram:${this.id}`;
	}

	/** Writes to the bot, or in a group; returns the message's number. */
	say(text: string, said: Said & { readonly entities?: readonly Entity[] } = {}): number {
		return this.#write(said, { text, entities: said.entities ?? entitiesIn(text) });
	}

	/** Sends a file, with words under it. */
	sendFile(file: SentFile, said: Said & { readonly caption?: string; readonly album?: string } = {}): number {
		const id = `file-${this.#server.files.size + 1}`;
		const folder = file.photo ? 'photos' : 'documents';
		this.#server.files.set(id, { path: `${folder}/${id} ${file.name}`, content: file.content });
		const described = {
			file_id: id,
			file_unique_id: `u${id}`,
			file_size: file.saidSize ?? file.content.length,
		};
		const caption = said.caption;
		return this.#write(said, {
			...(file.photo
				? {
						photo: [
							{ ...described, file_id: 'thumbnail', width: 90, height: 60 },
							{ ...described, width: 900, height: 600 },
						],
					}
				: { document: { ...described, file_name: file.name, mime_type: file.type } }),
			...(caption === undefined ? {} : { caption, caption_entities: entitiesIn(caption) }),
			...(said.album === undefined ? {} : { media_group_id: said.album }),
		});
	}

	/** Anything else that can arrive, as it would stand in the message. */
	sendRaw(content: Readonly<Record<string, unknown>>, said: Said = {}): number {
		return this.#write(said, content);
	}

	/** Presses a button of a message; returns the press's id. */
	press(message: ShownMessage, label: string): string {
		const button = message.buttons.flat().find(({ text }) => text === label);
		if (button?.callback_data === undefined) throw new Error(`there is no button "${label}" under "${message.text}"`);
		return this.pressData(message, button.callback_data);
	}

	pressData(message: ShownMessage, data: string): string {
		const id = this.#server.nextPressId();
		this.#server.updates.add('callback_query', {
			id,
			from: this.account,
			message: this.#server.chats.asMessage(message),
			chat_instance: '1',
			data,
		});
		return id;
	}

	/** What the bot shows at a press, once it does. */
	pressAnswer(id: string): { text: string; alert: boolean } | undefined {
		return this.#server.methods.pressAnswers.get(id);
	}

	block(): void {
		this.#home().barred = 'bot was blocked by the user';
	}

	unblock(): void {
		delete this.#home().barred;
	}

	/** What the bot has said that is still there to read, in order. */
	sees(place: Place = {}): ShownMessage[] {
		const chat = place.in?.chat ?? this.#home();
		return [...chat.messages.values()].filter(
			({ from, deleted, topic }) => from.is_bot && !deleted && (place.topic === undefined || topic === place.topic),
		);
	}

	/** How often the bot showed that it types. */
	sawTyping(): number {
		return this.#home().typing.length;
	}

	#write(said: Said, content: Readonly<Record<string, unknown>>): number {
		const chat = said.in?.chat ?? this.#home();
		const id = chat.nextId++;
		const replyTo = typeof said.replyTo === 'object' ? said.replyTo.id : said.replyTo;
		const shown: ShownMessage = {
			id,
			chat: chat.id,
			from: this.account,
			date: Math.floor(Date.now() / 1_000),
			text: String(content['text'] ?? content['caption'] ?? ''),
			entities: [],
			buttons: [],
			forceReply: false,
			edits: 0,
			deleted: false,
			...(replyTo === undefined ? {} : { replyTo }),
			...(said.topic === undefined ? {} : { topic: said.topic }),
		};
		chat.messages.set(id, shown);
		const { text: _text, entities: _entities, ...message } = this.#server.chats.asMessage(shown);
		this.#server.updates.add('message', { ...message, ...content });
		return id;
	}

	#home(): Chat {
		return this.#server.chats.open({ id: this.id, type: 'private', first_name: this.account.first_name });
	}
}

/** TelegramGroup is a group that the bot is a member of. */
export class TelegramGroup {
	readonly #server: TelegramServer;
	chat: Chat;

	constructor(server: TelegramServer, chat: Chat) {
		this.#server = server;
		this.chat = chat;
	}

	/** Telegram gives the group another number. */
	upgrade(): void {
		const id = this.chat.id - 500_000;
		const chat = this.#server.chats.open({ id, type: 'supergroup', title: this.chat.title ?? '' });
		this.chat.movedTo = id;
		this.chat = chat;
	}

	/** The bot is thrown out. */
	kick(): void {
		this.chat.barred = 'bot was kicked from the supergroup chat';
	}
}

/** The entities that Telegram itself finds in what people type. */
function entitiesIn(text: string): Entity[] {
	const found: Entity[] = [];
	for (const match of text.matchAll(/(?<![\w/])\/[a-z]\w{0,31}(?:@\w{3,32})?/gi))
		found.push(entity('bot_command', match));
	for (const match of text.matchAll(/(?<![\w/@])@\w{3,32}/g)) found.push(entity('mention', match));
	for (const match of text.matchAll(/https?:\/\/\S+/g)) found.push(entity('url', match));
	return found.toSorted((a, b) => a.offset - b.offset);
}

function entity(type: string, match: RegExpMatchArray): Entity {
	return { type, offset: match.index ?? 0, length: match[0].length };
}
