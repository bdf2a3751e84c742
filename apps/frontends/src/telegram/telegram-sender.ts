import { DeliveryFailure } from '@errand/core/domain/conversation/delivery-failure.ts';
import type { Receipt } from '@errand/core/domain/conversation/reply.ts';
import type { IArtifactStore } from '@errand/core/ports/artifact-store.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { Reply } from '@errand/core/ports/frontend.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import { type Api, GrammyError, InputFile } from 'grammy';
import { toTelegramHtml } from '../chat/telegram-markdown.ts';
import type { ChatMoves } from './chat-moves.ts';
import { isUnchanged, isUnreadableMarkup, toDeliveryFailure } from './delivery-failure.ts';
import { EditPace } from './edit-pace.ts';
import { HalfSent } from './half-sent.ts';
import { type OutgoingFile, readOutgoing } from './outgoing-files.ts';
import { plainOfHtml } from './plain-of-html.ts';
import { DOUBT_MARK, renderReply } from './render-reply.ts';
import { type SendingSignal, sendingSignal } from './sending-signal.ts';
import { isPrivate, placeOf, type TelegramPlace } from './telegram-place.ts';

interface TelegramSenderParts {
	readonly api: Api;
	readonly chats: ChatMoves;
	readonly artifacts: Pick<IArtifactStore, 'get'>;
	readonly clock: IClock;
	readonly log: ILogger;
}

const GROUP_PROGRESS_MS = 3_000;
const PLAIN_LINKS = { link_preview_options: { is_disabled: true } } as const;

/** TelegramSender sends and edits replies. What it throws is a DeliveryFailure. */
export class TelegramSender {
	readonly #parts: TelegramSenderParts;
	readonly #halfSent = new HalfSent();
	/** Groups bear fewer edits than private chats. */
	readonly #groupProgress: EditPace;

	constructor(parts: TelegramSenderParts) {
		this.#parts = parts;
		this.#groupProgress = new EditPace(parts.clock, GROUP_PROGRESS_MS);
	}

	/** The core has marked the first message where it is in doubt; one in the middle of which an attempt ended is marked here. */
	async deliver(reply: Reply, sending = nobodyAsks): Promise<Receipt> {
		const place = placeFor(reply);
		const { text, sent: before, doubtful } = this.#halfSent.of(reply);
		const sent = [...before];
		try {
			const outgoing = await readOutgoing(this.#parts.artifacts, reply.artifacts ?? []);
			const messages = this.#messages({ ...reply, text }, place, outgoing);
			const signal = sendingSignal(sending);
			for (const send of messages.slice(before.length)) {
				sent.push(await send(signal, doubtful && sent.length === before.length));
			}
		} catch (error) {
			throw this.#halfSent.broke(reply, sent, toDeliveryFailure(error));
		}
		this.#halfSent.arrived(reply);
		return { platformMessageIds: sent.map(String), at: this.#parts.clock.now() };
	}

	async revise(receipt: Receipt, reply: Reply): Promise<void> {
		const place = placeFor(reply);
		const message = `${place.chat}/${receipt.platformMessageIds[0] ?? ''}`;
		if (reply.kind === 'progress' && !isPrivate(place)) {
			await this.#groupProgress.edit(message, () => this.#revise(place, receipt, reply));
			return;
		}
		this.#groupProgress.forget(message);
		await this.#revise(place, receipt, reply);
	}

	/** Edits the text of the messages in order; what stands under those that are left over is taken away. */
	async #revise(place: TelegramPlace, receipt: Receipt, reply: Reply): Promise<void> {
		const { parts, markup } = renderReply(reply, place);
		const ids = receipt.platformMessageIds.map(Number);
		const last = Math.min(parts.length, ids.length) - 1;
		try {
			for (const [index, id] of ids.entries()) {
				const part = parts[index];
				if (part === undefined) await this.#removeButtons(place, id);
				else
					await this.#edit(
						place,
						id,
						part,
						index === last && markup && 'inline_keyboard' in markup ? markup : undefined,
					);
			}
		} catch (error) {
			throw toDeliveryFailure(error);
		}
	}

	#messages(
		reply: Reply,
		place: TelegramPlace,
		{ files, notes }: { files: readonly OutgoingFile[]; notes: readonly string[] },
	): Send[] {
		const { parts, markup } = renderReply(reply, place, notes);
		const texts = parts.length === 0 && files.length === 0 ? ['…'] : parts;
		return [
			...texts.map(
				(html, index): Send =>
					(signal, inDoubt) => {
						const under = index === texts.length - 1 && markup !== undefined ? { reply_markup: markup } : {};
						const where = { ...this.#where(reply, place, index), ...under };
						return this.#sendText(place, inDoubt ? `${DOUBT_MARK}\n\n${html}` : html, where, signal);
					},
			),
			...files.map(
				(file, index): Send =>
					(signal, inDoubt) => {
						const where = this.#where(reply, place, texts.length + index);
						const captioned = inDoubt ? { ...where, caption: DOUBT_MARK, parse_mode: 'HTML' as const } : where;
						return this.#sendFile(place, file, captioned, signal).catch((error: unknown) =>
							this.#sayMissing({ place, file, where, signal }, error),
						);
					},
			),
		];
	}

	/** The topic, and for the first message in a group what it replies to. */
	#where({ inReplyTo, kind }: Reply, place: TelegramPlace, index: number): SendOptions {
		const repliesTo = index === 0 && !isPrivate(place) && /^\d{1,15}$/.test(inReplyTo ?? '');
		return {
			// Progress is there to be looked at, and rings nobody's phone.
			...(kind === 'progress' ? { disable_notification: true } : {}),
			...(place.topic === 0 ? {} : { message_thread_id: place.topic }),
			...(repliesTo
				? { reply_parameters: { message_id: Number(inReplyTo), allow_sending_without_reply: true } as const }
				: {}),
		};
	}

	async #sendText(
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

	/** What Telegram will never take is named, because the words it belongs to have arrived. */
	async #sayMissing({ place, file: { name }, where, signal }: Upload, error: unknown): Promise<number> {
		const { kind, message } = toDeliveryFailure(error).failure;
		if (kind !== 'permanent') throw error;
		this.#parts.log.warn('telegram file refused', { name, message });
		const html = toTelegramHtml(`The file "${name}" could not be sent. The page of the task has it.`);
		return this.#sendText(place, html, where, signal);
	}

	async #edit({ chat }: TelegramPlace, id: number, html: string, markup: EditMarkup | undefined): Promise<void> {
		const { api, chats } = this.#parts;
		const under = markup === undefined ? {} : { reply_markup: markup };
		await unlessUnchanged(
			this.#readable(html, (text, mode) =>
				chats.follow(chat, (now) => api.editMessageText(now, id, text, { ...under, ...mode, ...PLAIN_LINKS })),
			),
		);
	}

	async #removeButtons({ chat }: TelegramPlace, id: number): Promise<void> {
		const { api, chats } = this.#parts;
		await unlessUnchanged(chats.follow(chat, (now) => api.editMessageReplyMarkup(now, id)));
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
		where: SendOptions,
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

/** Sends one message of a reply, marked where it may have arrived already. */
type Send = (signal: SendingSignal, inDoubt: boolean) => Promise<number>;

const nobodyAsks = async () => {};

interface Upload {
	readonly place: TelegramPlace;
	readonly file: OutgoingFile;
	readonly where: SendOptions;
	readonly signal: SendingSignal;
}

interface SendOptions {
	readonly caption?: string;
	readonly parse_mode?: 'HTML';
	readonly disable_notification?: boolean;
	readonly message_thread_id?: number;
	readonly reply_parameters?: { readonly message_id: number; readonly allow_sending_without_reply: true };
}

type EditMarkup = NonNullable<NonNullable<Parameters<Api['editMessageText']>[3]>['reply_markup']>;

function placeFor({ conversation }: Reply): TelegramPlace {
	const place = placeOf(conversation);
	if (place !== undefined) return place;
	throw new DeliveryFailure({
		kind: 'permanent',
		code: 'chat-gone',
		message: `"${conversation}" names no chat on Telegram.`,
	});
}

async function unlessUnchanged(edit: Promise<unknown>): Promise<void> {
	try {
		await edit;
	} catch (error) {
		if (!isUnchanged(error)) throw error;
	}
}
