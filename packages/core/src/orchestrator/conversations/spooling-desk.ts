import { CoreError, describeError, isCoreError } from '../../domain/errors.ts';
import { asReplyId, type PersonId } from '../../domain/ids.ts';
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
	/** Who somebody is by now; undefined for nobody any more. */
	readonly principalOf: (person: PersonId) => Promise<Principal | undefined>;
	/** A frontend that can tell the sender something without history. */
	readonly frontend: (name: string) => Pick<IFrontend, 'deliver'> | undefined;
	readonly clock: IClock;
	readonly log: ILogger;
}

/** How long (ms) until kept messages are tried again, where history took the first and not the next. */
const RETRY_MS = 1_000;
/** A message that cannot be taken for a reason that nobody foresaw holds up the others no more after so many tries. */
const MAX_TRIES = 30;
const WORDS =
	'I have your message, and it is safe here. My memory cannot be reached right now, so I begin as soon as it is back.';
const LOST_WORDS = 'I could not take in what you wrote a while ago, because of a fault in me. Please write it again.';

/**
 * SpoolingDesk takes messages while history is out of reach: they are kept on this machine, and handed over in their order
 * once it answers. Until then new ones queue behind them.
 */
export class SpoolingDesk implements IConversationDesk {
	readonly #deps: Dependencies;
	/** Something is kept, or may be: what comes now queues behind it. */
	#waiting = true;
	/** How many are just being kept, and whether one was since kept messages were last looked through. */
	#keeping = 0;
	#keptMeanwhile = false;
	#tries = { message: '', count: 0 };
	#draining: Promise<void> | undefined;
	#callOff: (() => void) | undefined;
	#stopped = false;
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
		this.#stopped = true;
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
			this.#keptMeanwhile = true;
			if (this.#deps.reachable()) void this.drain();
			else this.#drainLater();
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
				this.#keptMeanwhile = false;
				more = await spool.drain((spooled) => this.#handOver(spooled));
				taken += more;
			} while (more > 0 || this.#keptMeanwhile);
			if (taken > 0) log.info('kept messages handed over', { messages: taken });
			// One that is just being kept has this done again.
			if (this.#keeping > 0) return;
			this.#waiting = false;
			this.#told.clear();
		} catch (error) {
			log.warn('kept messages not handed over', { error: describeError(error), retryInMs: RETRY_MS });
			this.#drainLater();
		}
	}

	async #handOver(spooled: SpooledMessage): Promise<void> {
		const { message } = spooled;
		try {
			await this.#deps.conversations.receive(await this.#senderOf(spooled), message);
		} catch (error) {
			if (!this.#isRefusal(error, message)) throw error;
			// It would have been refused had history been there.
			const code = isCoreError(error) ? error.code : 'internal';
			this.#deps.log.warn('kept message refused', { code, error: describeError(error) });
			this.#tell(message, isCoreError(error) ? `${error.message} ${error.hint}` : LOST_WORDS);
		}
	}

	/** Nobody is let in later by what they wrote while they still were. */
	async #senderOf({ person }: SpooledMessage): Promise<Principal> {
		const principal = await this.#deps.principalOf(person);
		if (principal !== undefined) return principal;
		throw new CoreError('forbidden', 'You are no longer let in here.', { hint: 'Ask the owner.' });
	}

	#isRefusal(error: unknown, message: InboundMessage): boolean {
		if (isCoreError(error) && error.code !== 'internal') return !PASSING.has(error.code);
		const id = messageIdOf(message);
		this.#tries = { message: id, count: this.#tries.message === id ? this.#tries.count + 1 : 1 };
		return this.#tries.count >= MAX_TRIES;
	}

	#drainLater(): void {
		if (this.#callOff !== undefined || this.#stopped) return;
		this.#callOff = this.#deps.clock.after(RETRY_MS, () => {
			this.#callOff = undefined;
			void this.drain();
		});
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

const PASSING: ReadonlySet<string> = new Set(['store-unreachable', 'disk-full', 'shutting-down']);

async function fetched(attachment: InboundAttachment | WaitingAttachment): Promise<InboundAttachment> {
	if (attachment.kind !== 'waiting') return attachment;
	const { name, type } = attachment;
	return { kind: 'bytes', name, type, content: await attachment.read() };
}
