import type { ReplyId } from '@errand/core/domain/ids.ts';
import type { CallbackQuery, Message, Update, User, UserFromGetMe } from 'grammy/types';
import { readButton } from './button-data.ts';
import { filesIn, type IncomingFile } from './incoming-files.ts';
import { readMessageText } from './message-text.ts';
import { isReadable } from './readable-update.ts';
import type { TelegramPlace } from './telegram-place.ts';

/** Incoming is what an update means. */
export type Incoming =
	| IncomingMessage
	| IncomingPress
	| IncomingOddity
	| { readonly kind: 'ignored'; readonly why: string; readonly unreadable?: true };

/** Sender is somebody who wrote or pressed, and where. */
export interface Sender {
	readonly place: TelegramPlace;
	readonly name: string;
}

export interface IncomingMessage extends Sender {
	readonly kind: 'message';
	readonly messageId: number;
	readonly text: string;
	readonly files: readonly IncomingFile[];
	/** The messages of an album share this. */
	readonly album?: string | undefined;
	/** False for a picture of an album in a group that is for the bot only if an earlier one of the album was. */
	readonly addressed: boolean;
	readonly replyTo?: ReplyId | undefined;
	readonly replyToMessage?: string | undefined;
	readonly at: number;
}

export interface IncomingPress extends Sender {
	readonly kind: 'press';
	readonly pressId: string;
	readonly words: string;
	/** The button was offered to somebody else, or is not one of ours. */
	readonly refused?: 'for-another' | 'unreadable' | undefined;
	readonly replyTo?: ReplyId | undefined;
	readonly replyToMessage?: string | undefined;
}

/** IncomingOddity is a kind of message that is not understood: a sticker, a poll, a place on a map. */
export interface IncomingOddity extends Sender {
	readonly kind: 'oddity';
	readonly messageId: number;
}

/**
 * parseUpdate reads an update. In groups only what is meant for the bot counts: a mention, a reply to one of its messages,
 * a command. Other bots, channels, edits and service messages are ignored.
 */
export function parseUpdate(update: Update, me: UserFromGetMe): Incoming {
	if (!isReadable(update)) return { ...ignored('not what Telegram says an update is'), unreadable: true };
	if (update.message) return parseMessage(update.message, me);
	if (update.callback_query) return parsePress(update.callback_query);
	return ignored('another kind of update');
}

function parseMessage(message: Message, me: UserFromGetMe): Incoming {
	const { from, chat } = message;
	if (from === undefined || chat.type === 'channel') return ignored('no person wrote it');
	// An anonymous admin and a channel that writes in its group both write through an account that is a bot.
	if (from.is_bot || message.sender_chat !== undefined) return ignored('a bot or a channel wrote it');
	const direct = chat.type === 'private';
	const { text, mentioned, forAnother } = readMessageText(message, me);
	const answered = message.reply_to_message;
	const toMe = answered?.from?.id === me.id && answered.forum_topic_created === undefined;
	const addressed = direct || mentioned || toMe;
	const album = message.media_group_id;
	if (forAnother && !direct) return ignored('a command for another bot');
	if (!addressed && album === undefined) return ignored('not for the bot');
	const files = filesIn(message);
	const sender = { place: placeIn(message, from), name: nameOf(from) };
	if (text === '' && files.length === 0 && !mentioned) {
		return isOddity(message) && direct
			? { kind: 'oddity', ...sender, messageId: message.message_id }
			: ignored('a service message');
	}
	const asked = toMe ? readKeyboard(answered) : undefined;
	return {
		kind: 'message',
		...sender,
		messageId: message.message_id,
		text,
		files,
		addressed,
		...(album === undefined ? {} : { album }),
		...(asked === undefined ? {} : { replyTo: asked }),
		...(toMe ? { replyToMessage: String(answered.message_id) } : {}),
		at: message.date * 1_000,
	};
}

function parsePress(press: CallbackQuery): Incoming {
	const { from, message, data } = press;
	if (from.is_bot) return ignored('a bot pressed it');
	if (message === undefined || data === undefined) return ignored('a press without a message');
	const shown = keyboardOf(message);
	const button = readButton(data, shown);
	const forAnother = button?.onlyFor !== undefined && button.onlyFor !== from.id;
	const refused = button === undefined ? 'unreadable' : forAnother ? 'for-another' : undefined;
	return {
		kind: 'press',
		place: placeIn(message, from),
		name: nameOf(from),
		pressId: press.id,
		words: button?.words ?? '',
		...(refused === undefined ? {} : { refused }),
		...(button?.replyTo === undefined ? {} : { replyTo: button.replyTo }),
		replyToMessage: String(message.message_id),
	};
}

type AnyMessage = Message | NonNullable<CallbackQuery['message']>;

function placeIn(message: AnyMessage, from: User): TelegramPlace {
	// Only real topics count: in other groups the number of a thread is that of whatever was replied to.
	const inTopic = 'is_topic_message' in message && message.is_topic_message === true;
	const topic = inTopic ? (message.message_thread_id ?? 0) : 0;
	return { chat: message.chat.id, topic, user: from.id };
}

function keyboardOf(message: AnyMessage) {
	const rows = 'reply_markup' in message ? (message.reply_markup?.inline_keyboard ?? []) : [];
	return rows.flat().map((button) => ({
		text: button.text,
		callback_data: 'callback_data' in button ? button.callback_data : undefined,
	}));
}

/** A message with buttons says itself which reply it is. */
function readKeyboard(message: Message): ReplyId | undefined {
	const shown = keyboardOf(message);
	const data = shown[0]?.callback_data;
	return data === undefined ? undefined : readButton(data, shown)?.replyTo;
}

function isOddity(message: Message): boolean {
	return ['sticker', 'location', 'venue', 'contact', 'poll', 'dice', 'game', 'story', 'paid_media', 'checklist'].some(
		(kind) => kind in message,
	);
}

function nameOf({ first_name, last_name, username }: User): string {
	const full = [first_name, last_name].filter(Boolean).join(' ');
	return username === undefined ? full : `${full} (@${username})`;
}

function ignored(why: string): Extract<Incoming, { kind: 'ignored' }> {
	return { kind: 'ignored', why };
}
