import { describeError, isCoreError } from '../../domain/errors.ts';
import { asReplyId } from '../../domain/ids.ts';
import type { IClock } from '../../ports/clock.ts';
import type { IFrontend, InboundAttachment, InboundMessage, WaitingAttachment } from '../../ports/frontend.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { IMessageSpool, SpooledMessage } from '../../ports/message-spool.ts';
import type { IConversationDesk, Principal } from '../desks/desk.ts';
import { messageIdOf } from './message-id.ts';

interface Dependencies {
	readonly conversations: IConversationDesk;
	readonly spool: IMessageSpool;
	/** Whether history answers, as far as is known. */
	readonly reachable: () => boolean;
	/** A frontend that can tell the sender something without history. */
	readonly frontend: (name: string) => Pick<IFrontend, 'deliver'> | undefined;
	readonly clock: IClock;
	readonly log: ILogger;
}

/** How long (ms) until kept messages are tried again, where history took the first and not the next. */
const RETRY_MS = 1_000;
const WORDS =
	'I have your message, and it is safe here. My memory cannot be reached right now, so I begin as soon as it is back.';

/**
 * SpoolingDesk takes messages while history is out of reach: they are kept on this machine, and handed over in their order
 * once it answers. Until then new ones queue behind them.
 */
export class SpoolingDesk implements IConversationDesk {
	readonly #deps: Dependencies;
	/** Something is kept, or may be: what comes now queues behind it. */
	#waiting = true;
	#keeping = 0;
	#draining: Promise<void> | undefined;
	#callOff: (() => void) | undefined;
	/** Conversations that were told in this outage. */
	readonly #told = new Set<string>();

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	async receive(principal: Principal, message: InboundMessage): Promise<{ id: string }> {
		if (this.#deps.reachable() && !this.#waiting) {
			try {
				return await this.#deps.conversations.receive(principal, message);
			} catch (error) {
				if (!isCoreError(error, 'store-unreachable')) throw error;
			}
		}
		return this.#keep(principal, message);
	}

	entries(...query: Parameters<IConversationDesk['entries']>): ReturnType<IConversationDesk['entries']> {
		return this.#deps.conversations.entries(...query);
	}

	ofPerson(...query: Parameters<IConversationDesk['ofPerson']>): ReturnType<IConversationDesk['ofPerson']> {
		return this.#deps.conversations.ofPerson(...query);
	}

	/** Hands over what is kept: called at the start, before which everything is kept, and when history is back. Never rejects. */
	drain(): Promise<void> {
		this.#draining ??= this.#drain().finally(() => {
			this.#draining = undefined;
		});
		return this.#draining;
	}

	stop(): void {
		this.#callOff?.();
	}

	async #keep({ person, role }: Principal, message: InboundMessage): Promise<{ id: string }> {
		this.#waiting = true;
		this.#keeping++;
		try {
			const attachments = await Promise.all(message.attachments.map(fetched));
			await this.#deps.spool.keep({ person, role, message: { ...message, attachments } });
		} finally {
			this.#keeping--;
			this.#drainLater();
		}
		this.#tellOnce(message);
		return { id: messageIdOf(message) };
	}

	async #drain(): Promise<void> {
		const { spool, log } = this.#deps;
		try {
			let taken = 0;
			let more: number;
			do {
				more = await spool.drain((spooled) => this.#handOver(spooled));
				taken += more;
			} while (more > 0);
			if (taken > 0) log.info('kept messages handed over', { messages: taken });
			// One that is just being kept is handed over the next time.
			if (this.#keeping > 0) return;
			this.#waiting = false;
			this.#told.clear();
		} catch (error) {
			log.warn('kept messages not handed over', { error: describeError(error), retryInMs: RETRY_MS });
			this.#drainLater();
		}
	}

	async #handOver({ person, role, message }: SpooledMessage): Promise<void> {
		try {
			await this.#deps.conversations.receive({ person, role }, message);
		} catch (error) {
			if (!isCoreError(error) || PASSING.has(error.code)) throw error;
			// It would have been refused had history been there.
			this.#deps.log.warn('kept message refused', { code: error.code, error: error.message });
			this.#tell(message, `${error.message} ${error.hint}`);
		}
	}

	#drainLater(): void {
		this.#callOff?.();
		this.#callOff = this.#deps.clock.after(RETRY_MS, () => void this.drain());
	}

	#tellOnce(message: InboundMessage): void {
		if (this.#told.has(message.conversation)) return;
		this.#told.add(message.conversation);
		this.#tell(message, WORDS);
	}

	/** It stands in no history, so it is said once and may be lost. */
	#tell({ frontend, conversation, platformMessageId }: InboundMessage, text: string): void {
		const id = asReplyId(`kept.${messageIdOf({ frontend, conversation, platformMessageId })}`);
		const said = this.#deps
			.frontend(frontend)
			?.deliver({ id, kind: 'notice', text, conversation, seq: 0, inReplyTo: platformMessageId });
		said?.catch((error: unknown) => {
			this.#deps.log.warn('sender not told that a message is kept', { frontend, error: describeError(error) });
		});
	}
}

const PASSING: ReadonlySet<string> = new Set(['store-unreachable', 'disk-full', 'shutting-down', 'internal']);

async function fetched(attachment: InboundAttachment | WaitingAttachment): Promise<InboundAttachment> {
	if (attachment.kind !== 'waiting') return attachment;
	const { name, type } = attachment;
	return { kind: 'bytes', name, type, content: await attachment.read() };
}
