import type { IClock } from '@errand/core/ports/clock.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { Api } from 'grammy';
import { factsOfRefusal } from '../chat/facts-of-refusal.ts';
import type { Outcome } from '../chat/insistence.ts';
import { toPlainText } from '../chat/plain-markdown.ts';
import { SenderNotices } from '../chat/sender-notices.ts';
import { cutText } from '../chat/short-label.ts';
import type { ChatMoves } from './chat-moves.ts';
import { toDeliveryFailure } from './delivery-failure.ts';
import type { Sender } from './parse-update.ts';
import { isPrivate, type TelegramPlace } from './telegram-place.ts';

interface SideCallsParts {
	readonly api: Api;
	readonly chats: ChatMoves;
	readonly clock: IClock;
	readonly log: ILogger;
}

/** A press shows as waiting until it is answered; longer than this nobody should look at that, ms. */
const PRESS_MS = 1_500;
/** Telegram's limit on the words shown at a press. */
const MAX_PRESS_TEXT = 200;
/** In a flood of messages answers matter more: signs of typing share Telegram's limits with them. */
const MAX_TYPING = 3;

/** SideCalls are what nobody waits for and nothing depends on: typing, answers to presses, refusals said to the sender. */
export class SideCalls {
	readonly #parts: SideCallsParts;
	readonly #notices = new SenderNotices();
	#typing = 0;

	constructor(parts: SideCallsParts) {
		this.#parts = parts;
	}

	/** Shows for five seconds that something comes. */
	typing({ chat, topic }: TelegramPlace): void {
		const { api, chats } = this.#parts;
		if (this.#typing >= MAX_TYPING) return;
		this.#typing += 1;
		const thread = topic === 0 ? {} : { message_thread_id: topic };
		this.#run('sendChatAction', () =>
			chats
				.follow(chat, (now) => api.sendChatAction(now, 'typing', thread))
				.finally(() => {
					this.#typing -= 1;
				}),
		);
	}

	/** Says something to a sender, at most once in a while for each code. */
	notice({ place }: Pick<Sender, 'place'>, code: string, text: string, messageId?: number): void {
		const { api, chats, clock } = this.#parts;
		if (!this.#notices.due(`${place.chat}/${place.user}`, code, clock.now())) return;
		const { chat, topic } = place;
		const others = {
			link_preview_options: { is_disabled: true },
			...(topic === 0 ? {} : { message_thread_id: topic }),
			...(isPrivate(place) || messageId === undefined
				? {}
				: { reply_parameters: { message_id: messageId, allow_sending_without_reply: true } as const }),
		};
		const plain = toPlainText(text).slice(0, 4_000).toWellFormed();
		this.#run('sendMessage', () => chats.follow(chat, (now) => api.sendMessage(now, plain, others)));
	}

	answerPress(pressId: string, text?: string): void {
		const shown = text === undefined ? {} : { text: cutText(text, MAX_PRESS_TEXT), show_alert: true };
		this.#run('answerCallbackQuery', () => this.#parts.api.answerCallbackQuery(pressId, shown));
	}

	/** Answers a press once it is taken or refused, and without words when that takes long. */
	answerPressSoon(pressId: string, outcome: Promise<Outcome>): void {
		let answered = false;
		const answer = (text?: string) => {
			if (!answered) this.answerPress(pressId, text);
			answered = true;
		};
		const callOff = this.#parts.clock.after(PRESS_MS, () => answer());
		outcome
			.then(
				(end) => answer(end.kind === 'refused' ? toPlainText(factsOfRefusal(end.error)) : undefined),
				() => answer(),
			)
			.finally(callOff);
	}

	#run(method: string, call: () => Promise<unknown>): void {
		call().catch((error: unknown) => {
			const { code, message } = toDeliveryFailure(error).failure;
			this.#parts.log.info('telegram side call failed', { method, code, message });
		});
	}
}
