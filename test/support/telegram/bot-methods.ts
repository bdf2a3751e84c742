import type { Account, Button, Chat, Chats, ShownMessage } from './chats.ts';
import { parseMarkup } from './parse-markup.ts';
import type { Parameters, Upload } from './read-request.ts';
import { badRequest } from './refusal.ts';

const MAX_TEXT = 4_096;
const MAX_CAPTION = 1_024;
const MAX_PHOTO = 10_000_000;
const MAX_DOCUMENT = 50_000_000;

/** BotMethods are the calls that show something in a chat; each returns what Telegram answers. */
export class BotMethods {
	readonly #chats: Chats;
	readonly #me: Account;
	/** Answers to presses: their text, or empty. */
	readonly pressAnswers = new Map<string, { text: string; alert: boolean }>();
	/** By scope: what stands for everybody, and in single chats. */
	readonly #commands = new Map<string, unknown[]>();

	constructor(chats: Chats, me: Account) {
		this.#chats = chats;
		this.#me = me;
	}

	/** Undefined for a method that is not known here. */
	call(method: string, parameters: Parameters): unknown {
		switch (method) {
			case 'sendMessage':
				return this.#send(parameters, 'text');
			case 'sendDocument':
				return this.#send(parameters, 'document');
			case 'sendPhoto':
				return this.#send(parameters, 'photo');
			case 'editMessageText':
				return this.#edit(parameters);
			case 'editMessageReplyMarkup':
				return this.#editMarkup(parameters);
			case 'deleteMessage':
				this.#own(parameters, 'message to delete not found').deleted = true;
				return true;
			case 'sendChatAction':
				this.#chats.forBot(parameters['chat_id']).typing.push(Date.now());
				return true;
			case 'answerCallbackQuery':
				return this.#answerPress(parameters);
			case 'setMyCommands':
				this.#commands.set(this.#scopeOf(parameters), readCommands(parameters['commands']));
				return true;
			case 'getMyCommands':
				return this.#commands.get(this.#scopeOf(parameters)) ?? [];
			default:
				return undefined;
		}
	}

	#scopeOf({ scope }: Parameters): string {
		if (scope === undefined) return 'default';
		const { type, chat_id } = (typeof scope === 'string' ? JSON.parse(scope) : scope) as Readonly<
			Record<string, unknown>
		>;
		if (type === 'default') return 'default';
		if (type !== 'chat') throw badRequest("can't parse BotCommandScope");
		// A bot finds no chat with somebody who has not written to it.
		this.#chats.forBot(chat_id);
		return `chat ${String(chat_id)}`;
	}

	#send(parameters: Parameters, kind: 'text' | 'document' | 'photo'): unknown {
		const chat = this.#chats.forBot(parameters['chat_id']);
		const source = String(parameters[kind === 'text' ? 'text' : 'caption'] ?? '');
		const { text, entities } = parseMarkup(source, asText(parameters['parse_mode']));
		if (kind === 'text' && text.trim() === '') throw badRequest('message text is empty');
		if (kind === 'text' && text.length > MAX_TEXT) throw badRequest('message is too long');
		if (kind !== 'text' && text.length > MAX_CAPTION) throw badRequest('message caption is too long');
		const markup = parameters['reply_markup'] as { inline_keyboard?: Button[][]; force_reply?: boolean } | undefined;
		const topic = parameters['message_thread_id'];
		const message: ShownMessage = {
			id: chat.nextId,
			chat: chat.id,
			from: this.#me,
			date: Math.floor(Date.now() / 1_000),
			text,
			entities,
			buttons: checkButtons(markup?.inline_keyboard ?? []),
			forceReply: markup?.force_reply === true,
			edits: 0,
			deleted: false,
			...(kind === 'text' ? {} : { file: readUpload(kind, parameters[kind]) }),
			...(typeof topic === 'number' ? { topic } : {}),
			...answered(chat, parameters['reply_parameters']),
		};
		chat.nextId++;
		chat.messages.set(message.id, message);
		return this.#chats.asMessage(message);
	}

	#edit(parameters: Parameters): unknown {
		const message = this.#own(parameters, 'message to edit not found');
		if (message.file !== undefined) throw badRequest('there is no text in the message to edit');
		const { text, entities } = parseMarkup(String(parameters['text'] ?? ''), asText(parameters['parse_mode']));
		if (text.trim() === '') throw badRequest('message text is empty');
		if (text.length > MAX_TEXT) throw badRequest('message is too long');
		return this.#change(message, { text, entities, buttons: buttonsIn(parameters) });
	}

	#editMarkup(parameters: Parameters): unknown {
		const message = this.#own(parameters, 'message to edit not found');
		return this.#change(message, { text: message.text, entities: message.entities, buttons: buttonsIn(parameters) });
	}

	#change(message: ShownMessage, to: Pick<ShownMessage, 'text' | 'entities' | 'buttons'>): unknown {
		const shown = ({ text, entities, buttons }: typeof to) => JSON.stringify([text, entities, buttons]);
		if (shown(message) === shown(to)) {
			throw badRequest(
				'message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
			);
		}
		Object.assign(message, to);
		message.edits++;
		return this.#chats.asMessage(message);
	}

	#own(parameters: Parameters, missing: string): ShownMessage {
		const message = this.#chats.forBot(parameters['chat_id']).messages.get(Number(parameters['message_id']));
		if (message === undefined || message.deleted) throw badRequest(missing);
		if (message.from.id !== this.#me.id) throw badRequest("message can't be edited");
		return message;
	}

	#answerPress(parameters: Parameters): true {
		const id = String(parameters['callback_query_id']);
		const text = asText(parameters['text']) ?? '';
		if (text.length > 200) throw badRequest('MESSAGE_TOO_LONG');
		if (!/^\d+$/.test(id) || this.pressAnswers.has(id)) {
			throw badRequest('query is too old and response timeout expired or query ID is invalid');
		}
		this.pressAnswers.set(id, { text, alert: parameters['show_alert'] === true });
		return true;
	}
}

function answered(chat: Chat, reply: unknown): { replyTo?: number } {
	if (reply === undefined) return {};
	const { message_id: id, allow_sending_without_reply: optional } = reply as {
		message_id: number;
		allow_sending_without_reply?: boolean;
	};
	if (chat.messages.has(id)) return { replyTo: id };
	if (optional) return {};
	throw badRequest('message to be replied not found');
}

function buttonsIn(parameters: Parameters): readonly (readonly Button[])[] {
	const markup = parameters['reply_markup'] as { inline_keyboard?: Button[][] } | undefined;
	return checkButtons(markup?.inline_keyboard ?? []);
}

function checkButtons(rows: readonly (readonly Button[])[]): readonly (readonly Button[])[] {
	for (const { text, callback_data: data } of rows.flat()) {
		if (text.trim() === '') throw badRequest('inline keyboard button text must be non-empty');
		const bytes = Buffer.byteLength(data ?? '');
		if (bytes < 1 || bytes > 64) throw badRequest('BUTTON_DATA_INVALID');
	}
	if (rows.flat().length > 100) throw badRequest('REPLY_MARKUP_TOO_LONG');
	return rows;
}

function readUpload(kind: 'document' | 'photo', value: unknown): NonNullable<ShownMessage['file']> {
	const { name, content } = value as Upload;
	if (content === undefined || content.length === 0) throw badRequest('file must be non-empty');
	if (content.length > MAX_DOCUMENT) throw badRequest('file is too big');
	if (kind === 'photo' && content.length > MAX_PHOTO) throw badRequest('file is too big for a photo');
	const magic = content.subarray(0, 4).toString('hex');
	if (kind === 'photo' && !/^(?:ffd8ff|89504e47|52494646)/.test(magic)) throw badRequest('IMAGE_PROCESS_FAILED');
	return { kind, name, content };
}

function readCommands(value: unknown): unknown[] {
	const commands = value as { command: string; description: string }[];
	for (const { command, description } of commands) {
		if (!/^[a-z0-9_]{1,32}$/.test(command)) throw badRequest('BOT_COMMAND_INVALID');
		if (description.length < 1 || description.length > 256) throw badRequest('BOT_COMMAND_DESCRIPTION_INVALID');
	}
	return commands;
}

function asText(value: unknown): string | undefined {
	return typeof value === 'string' ? value : undefined;
}
