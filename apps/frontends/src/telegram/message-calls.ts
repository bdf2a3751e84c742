import type { ILogger } from '@errand/core/ports/logger.ts';
import { type Api, GrammyError, InputFile } from 'grammy';
import { toTelegramHtml } from '../chat/telegram-markdown.ts';
import type { ChatMoves } from './chat-moves.ts';
import { isUnchanged, isUnreadableMarkup, toDeliveryFailure } from './delivery-failure.ts';
import type { OutgoingFile } from './outgoing-files.ts';
import { plainOfHtml } from './plain-of-html.ts';
import type { SendingSignal } from './sending-signal.ts';
import type { TelegramPlace } from './telegram-place.ts';

interface MessageCallsParts {
	readonly api: Api;
	readonly chats: ChatMoves;
	readonly log: ILogger;
}

/** SendOptions say where in a chat a message stands and how it looks there. */
export interface SendOptions {
	readonly disable_notification?: boolean;
	readonly message_thread_id?: number;
	readonly reply_parameters?: { readonly message_id: number; readonly allow_sending_without_reply: true };
}

interface Upload {
	readonly place: TelegramPlace;
	readonly file: OutgoingFile;
	readonly where: SendOptions;
	readonly signal: SendingSignal;
}

type EditMarkup = NonNullable<NonNullable<Parameters<Api['editMessageText']>[3]>['reply_markup']>;

const PLAIN_LINKS = { link_preview_options: { is_disabled: true } } as const;

/** MessageCalls sends and edits single messages; what Telegram does not like about one is said in another way. */
export class MessageCalls {
	readonly #parts: MessageCallsParts;

	constructor(parts: MessageCallsParts) {
		this.#parts = parts;
	}

	async sendText(
		{ chat }: TelegramPlace,
		html: string,
		others: Parameters<Api['sendMessage']>[2],
		signal: SendingSignal,
	): Promise<number> {
		const { api, chats } = this.#parts;
		const sent = await this.#readable(html, (text, markup) =>
			chats.follow(chat, (now) => api.sendMessage(now, text, { ...others, ...markup, ...PLAIN_LINKS }, signal)),
		);
		return sent.message_id;
	}

	/** The caption is HTML. */
	async sendFile(upload: Upload, caption?: string): Promise<number> {
		const { place, file, where, signal } = upload;
		const captioned = caption === undefined ? where : { ...where, caption, parse_mode: 'HTML' as const };
		return this.#sendFile(place, file, captioned, signal).catch((error: unknown) => this.#sayMissing(upload, error));
	}

	async edit({ chat }: TelegramPlace, id: number, html: string, markup: EditMarkup | undefined): Promise<void> {
		const { api, chats } = this.#parts;
		const under = markup === undefined ? {} : { reply_markup: markup };
		await unlessUnchanged(
			this.#readable(html, (text, mode) =>
				chats.follow(chat, (now) => api.editMessageText(now, id, text, { ...under, ...mode, ...PLAIN_LINKS })),
			),
		);
	}

	async removeButtons({ chat }: TelegramPlace, id: number): Promise<void> {
		const { api, chats } = this.#parts;
		await unlessUnchanged(chats.follow(chat, (now) => api.editMessageReplyMarkup(now, id)));
	}

	/** What Telegram will never take is named, because the words it belongs to have arrived. */
	async #sayMissing({ place, file: { name }, where, signal }: Upload, error: unknown): Promise<number> {
		const { kind, message } = toDeliveryFailure(error).failure;
		if (kind !== 'permanent') throw error;
		this.#parts.log.warn('telegram file refused', { name, message });
		const html = toTelegramHtml(`The file "${name}" could not be sent. The page of the task has it.`);
		return this.sendText(place, html, where, signal);
	}

	/** What Telegram cannot read as HTML is said in the same words without markup. */
	async #readable<Result>(
		html: string,
		send: (text: string, markup: { parse_mode?: 'HTML' }) => Promise<Result>,
	): Promise<Result> {
		try {
			return await send(html, { parse_mode: 'HTML' });
		} catch (error) {
			if (!isUnreadableMarkup(error)) throw error;
			const description = error instanceof GrammyError ? error.description : undefined;
			this.#parts.log.warn('telegram could not read our markup', { description });
			return send(plainOfHtml(html), {});
		}
	}

	async #sendFile(
		{ chat }: TelegramPlace,
		file: OutgoingFile,
		where: SendOptions & { readonly caption?: string; readonly parse_mode?: 'HTML' },
		signal: SendingSignal,
	): Promise<number> {
		const { api, chats } = this.#parts;
		const input = () => new InputFile(file.content, file.name);
		const asDocument = () => chats.follow(chat, (now) => api.sendDocument(now, input(), where, signal));
		if (file.as === 'document') return (await asDocument()).message_id;
		try {
			return (await chats.follow(chat, (now) => api.sendPhoto(now, input(), where, signal))).message_id;
		} catch (error) {
			// Too wide, too tall, or not the picture its type says it is.
			if (!(error instanceof GrammyError && /photo|image/i.test(error.description))) throw error;
			return (await asDocument()).message_id;
		}
	}
}

async function unlessUnchanged(edit: Promise<unknown>): Promise<void> {
	try {
		await edit;
	} catch (error) {
		if (!isUnchanged(error)) throw error;
	}
}
