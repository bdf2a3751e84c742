import { DeliveryFailure } from '@errand/core/domain/conversation/delivery-failure.ts';
import type { Receipt } from '@errand/core/domain/conversation/reply.ts';
import type { IArtifactStore } from '@errand/core/ports/artifact-store.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { Reply } from '@errand/core/ports/frontend.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { Api } from 'grammy';
import type { ChatMoves } from './chat-moves.ts';
import { toDeliveryFailure } from './delivery-failure.ts';
import { EditPace } from './edit-pace.ts';
import { HalfSent } from './half-sent.ts';
import { MessageCalls, type SendOptions } from './message-calls.ts';
import { type OutgoingFile, readOutgoing } from './outgoing-files.ts';
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

/** TelegramSender sends and edits replies. What it throws is a DeliveryFailure. */
export class TelegramSender {
	readonly #parts: TelegramSenderParts;
	readonly #calls: MessageCalls;
	readonly #halfSent = new HalfSent();
	/** Groups bear fewer edits than private chats. */
	readonly #groupProgress: EditPace;

	constructor(parts: TelegramSenderParts) {
		this.#parts = parts;
		this.#calls = new MessageCalls(parts);
		this.#groupProgress = new EditPace(parts.clock, GROUP_PROGRESS_MS);
	}

	/** The core has marked the first message where it is in doubt; one in the middle of which an attempt ended is marked here. */
	async deliver(reply: Reply, sending = nobodyAsks): Promise<Receipt> {
		const place = placeFor(reply);
		const { text, sent: before, doubtful } = this.#halfSent.of(reply);
		const sent = [...before];
		try {
			const outgoing = await readOutgoing(this.#parts.artifacts, reply.artifacts ?? [], reply.to);
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
				if (part === undefined) await this.#calls.removeButtons(place, id);
				else
					await this.#calls.edit(
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
						return this.#calls.sendText(place, inDoubt ? `${DOUBT_MARK}\n\n${html}` : html, where, signal);
					},
			),
			...files.map(
				(file, index): Send =>
					(signal, inDoubt) => {
						const where = this.#where(reply, place, texts.length + index);
						return this.#calls.sendFile({ place, file, where, signal }, inDoubt ? DOUBT_MARK : undefined);
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
}

/** Sends one message of a reply, marked where it may have arrived already. */
type Send = (signal: SendingSignal, inDoubt: boolean) => Promise<number>;

const nobodyAsks = async () => {};

function placeFor({ conversation }: Reply): TelegramPlace {
	const place = placeOf(conversation);
	if (place !== undefined) return place;
	throw new DeliveryFailure({
		kind: 'permanent',
		code: 'chat-gone',
		message: `"${conversation}" names no chat on Telegram.`,
	});
}
