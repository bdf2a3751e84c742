import type { ILogger } from '@errand/core/ports/logger.ts';
import { isGone } from './delivery-errors.ts';
import type { DiscordApi } from './discord-api.ts';
import type { ArrivedMessage } from './inbound-messages.ts';
import type { SeenMarks, SeenPlace } from './seen-marks.ts';

interface Parts {
	readonly api: Pick<DiscordApi, 'messagesAfter'>;
	readonly seen: SeenMarks;
	take(message: ArrivedMessage, direct: boolean): Promise<void>;
	readonly log: ILogger;
}

/** What is read back at most: channels at once, and pages of a hundred messages of one of them. */
const AT_ONCE = 4;
const MAX_PAGES = 50;

/** MissedMessages reads back what was written while nobody listened, in the channels that are served. */
export class MissedMessages {
	readonly #parts: Parts;
	readonly #barriers = new Map<string, Promise<void>>();

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	/** Resolves when everything was read; new messages of a channel wait for the old ones through `before`. */
	async read(): Promise<void> {
		const { seen, log } = this.#parts;
		const waiting = seen.places().toReversed();
		let found = 0;
		const release = new Map<string, () => void>();
		for (const { channel } of waiting) {
			const { promise, resolve } = Promise.withResolvers<void>();
			this.#barriers.set(channel, promise);
			release.set(channel, () => {
				if (this.#barriers.get(channel) === promise) this.#barriers.delete(channel);
				resolve();
			});
		}
		const readNext = async (): Promise<void> => {
			for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
				try {
					found += await this.#readPlace(place);
				} catch (error) {
					if (isGone(error)) seen.forget(place.channel);
					else log.warn('discord messages not read back', { channel: place.channel, error });
				} finally {
					release.get(place.channel)?.();
				}
			}
		};
		await Promise.all(Array.from({ length: AT_ONCE }, readNext));
		if (found > 0) log.info('discord messages read back', { messages: found });
	}

	/** Resolves when the missed messages of a channel are on their way; at once where none are being read. */
	before(channel: string): Promise<void> | undefined {
		return this.#barriers.get(channel);
	}

	async #readPlace({ channel, kind, last }: SeenPlace): Promise<number> {
		const { api, take, log } = this.#parts;
		let after = last;
		let found = 0;
		for (let page = 0; page < MAX_PAGES; page++) {
			const messages = await api.messagesAfter(channel, after);
			for (const message of messages) {
				take(message, kind === 'dm').catch((error: unknown) => {
					log.error('discord message not understood', { message: message.id, error });
				});
			}
			found += messages.length;
			const newest = messages.at(-1);
			if (newest === undefined || messages.length < 100) return found;
			after = newest.id;
		}
		log.warn('discord messages left out', { channel, read: found });
		return found;
	}
}
