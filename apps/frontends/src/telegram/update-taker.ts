import { type CoreError, isCoreError } from '@errand/core/domain/errors.ts';
import type { ConversationId } from '@errand/core/domain/ids.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { FrontendHost, InboundMessage } from '@errand/core/ports/frontend.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { Update, UserFromGetMe } from 'grammy/types';
import { factsOfRefusal } from '../chat/facts-of-refusal.ts';
import { Insistence, type Outcome } from '../chat/insistence.ts';
import { Lanes } from '../chat/lanes.ts';
import { Albums } from './albums.ts';
import type { FileReader } from './incoming-content.ts';
import { type Incoming, type IncomingMessage, type IncomingPress, parseUpdate, type Sender } from './parse-update.ts';
import type { SideCalls } from './side-calls.ts';
import type { TelegramMemory } from './telegram-memory.ts';
import { conversationAt, isPrivate } from './telegram-place.ts';

interface UpdateTakerParts {
	readonly host: FrontendHost;
	readonly me: UserFromGetMe;
	readonly memory: TelegramMemory;
	readonly files: FileReader;
	readonly side: SideCalls;
	readonly clock: IClock;
	readonly log: ILogger;
	readonly waitsMs: readonly number[];
	readonly stopped: AbortSignal;
}

/** UpdateTaker brings updates to the host: in order within a conversation, conversations side by side. */
export class UpdateTaker {
	readonly #parts: UpdateTakerParts;
	readonly #lines = new Lanes();
	readonly #insistence: Insistence;
	readonly #albums: Albums;

	constructor(parts: UpdateTakerParts) {
		this.#parts = parts;
		this.#insistence = new Insistence({ ...parts, what: 'telegram update' });
		this.#albums = new Albums({
			...parts,
			lines: this.#lines,
			insistence: this.#insistence,
			receive: async (conversation, message) =>
				(await this.#receiveMessage(conversation, message, true)).kind !== 'later',
		});
	}

	/** Takes up what a crash left behind. */
	resume(): void {
		this.#albums.resume();
	}

	/** Resolves when what is under way has come to an end. */
	async stop(): Promise<void> {
		this.#albums.stop();
		await this.#lines.idle();
	}

	/**
	 * True once the update is durable, or will never be; false when it has to be sent again. `insist` tries again here what
	 * is refused for now.
	 */
	async take(update: Update, insist: boolean): Promise<boolean> {
		const incoming = this.#read(update);
		switch (incoming.kind) {
			case 'ignored':
				this.#parts.log[incoming.unreadable ? 'warn' : 'debug']('telegram update ignored', {
					update: update.update_id,
					why: incoming.why,
				});
				return true;
			case 'oddity':
				this.#parts.side.notice(incoming, 'unsupported', ONLY_THESE, incoming.messageId);
				return true;
			case 'press':
				return this.#takePress(incoming, insist);
			case 'message': {
				const conversation = conversationAt(incoming.place);
				return this.#lines.run(conversation, async () => {
					if (incoming.album !== undefined) return this.#albums.add(conversation, update, incoming, insist);
					if (!(await this.#albums.flush(conversation))) return false;
					return (await this.#receiveMessage(conversation, incoming, insist)).kind !== 'later';
				});
			}
		}
	}

	/** An update that cannot be read now never will be. */
	#read(update: Update): Incoming {
		try {
			return parseUpdate(update, this.#parts.me);
		} catch (error) {
			this.#parts.log.error('telegram update unreadable', { update: update.update_id, error });
			return { kind: 'ignored', why: 'unreadable' };
		}
	}

	async #takePress(press: IncomingPress, insist: boolean): Promise<boolean> {
		const { side } = this.#parts;
		if (press.refused !== undefined) {
			side.answerPress(press.pressId, REFUSED_PRESSES[press.refused]);
			return true;
		}
		const conversation = conversationAt(press.place);
		const outcome = this.#lines.run(conversation, async () => {
			if (!(await this.#albums.flush(conversation))) return { kind: 'later' } as const;
			return this.#receivePress(conversation, press, insist);
		});
		side.answerPressSoon(press.pressId, outcome);
		return (await outcome).kind !== 'later';
	}

	async #receiveMessage(conversation: ConversationId, message: IncomingMessage, insist: boolean): Promise<Outcome> {
		const { files, side } = this.#parts;
		const outcome = await this.#receive(insist, message, {
			conversation,
			platformMessageId: String(message.messageId),
			text: message.text,
			attachments: message.files.map((file) => ({
				kind: 'waiting',
				name: file.name,
				type: file.type,
				read: () => files.read(file),
			})),
			replyTo: message.replyTo,
			replyToMessage: message.replyToMessage,
			at: message.at,
		});
		if (outcome.kind === 'taken') side.typing(message.place);
		if (outcome.kind === 'refused') {
			this.#tell(message, outcome.error, String(message.messageId));
		}
		return outcome;
	}

	#receivePress(conversation: ConversationId, press: IncomingPress, insist: boolean): Promise<Outcome> {
		return this.#receive(insist, press, {
			conversation,
			platformMessageId: `press-${press.pressId}`,
			text: press.words,
			attachments: [],
			replyTo: press.replyTo,
			replyToMessage: press.replyToMessage,
			at: this.#parts.clock.now(),
		});
	}

	#receive(
		insist: boolean,
		sender: Sender,
		said: Omit<InboundMessage, 'frontend' | 'identity' | 'name' | 'direct'>,
	): Promise<Outcome> {
		const { place, name } = sender;
		const message: InboundMessage = {
			frontend: 'telegram',
			identity: `telegram:${place.user}`,
			name,
			direct: isPrivate(place),
			...said,
		};
		const key = `${said.conversation}/${said.platformMessageId}`;
		return this.#insistence.attempt(key, insist, async () => {
			try {
				await this.#parts.host.receive(message);
			} catch (error) {
				// It lasts until somebody makes room, and whoever wrote should not wait in the dark.
				if (isCoreError(error, 'disk-full')) this.#tell(sender, error, said.platformMessageId);
				throw error;
			}
		});
	}

	#tell(sender: Sender, error: CoreError, platformMessageId: string): void {
		this.#parts.side.notice(sender, error.code, factsOfRefusal(error), Number(platformMessageId) || undefined);
	}
}

const ONLY_THESE = 'I read text, photos, documents, voice and video. Write what you want done, or `/help`.';

const REFUSED_PRESSES = {
	'for-another': 'This question is for somebody else.',
	unreadable: 'This button is out of date.',
} as const;
