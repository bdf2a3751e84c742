import type { CoreError } from '@errand/core/domain/errors.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { RESTPostAPIChannelMessageJSONBody } from 'discord.js';
import { toDiscord } from '../chat/discord-markdown.ts';
import { factsOfRefusal } from '../chat/facts-of-refusal.ts';
import type { SenderNotices } from '../chat/sender-notices.ts';
import { splitFor } from '../chat/split-for.ts';
import type { ChannelDirectory } from './channel-directory.ts';
import type { DiscordApi } from './discord-api.ts';
import { DISCORD_LIMITS } from './render-reply.ts';

interface Parts {
	readonly api: Pick<DiscordApi, 'send'>;
	readonly directory: Pick<ChannelDirectory, 'directChannel'>;
	readonly notices: SenderNotices;
	readonly clock: IClock;
	readonly log: ILogger;
}

/** Whoever sent what was refused, and where. */
interface Sender {
	readonly user: string;
	readonly channel: string;
	readonly message: string;
}

/** Refusals tells senders why their message was not taken, once in a while, and without others reading along where it can. */
export class Refusals {
	readonly #parts: Parts;

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	async tell(sender: Sender, error: CoreError, direct: boolean): Promise<void> {
		const { notices, clock, log, api } = this.#parts;
		if (!notices.due(sender.user, error.code, clock.now())) return;
		const body = { content: refusalText(error), allowed_mentions: NO_MENTIONS };
		try {
			if (!direct && error.code === 'unpaired' && (await this.#whispered(sender, body))) return;
			const message_reference = { message_id: sender.message, fail_if_not_exists: false };
			await api.send(sender.channel, { ...body, message_reference });
		} catch (failure) {
			log.warn('discord refusal not told', { user: sender.user, code: error.code, error: failure });
		}
	}

	async #whispered(sender: Sender, body: RESTPostAPIChannelMessageJSONBody): Promise<boolean> {
		try {
			await this.#parts.api.send(await this.#parts.directory.directChannel(sender.user), body);
			return true;
		} catch {
			return false;
		}
	}
}

const NO_MENTIONS = { parse: [] };

/** refusalText is a refusal in one message. */
export function refusalText(error: CoreError): string {
	return splitFor(factsOfRefusal(error), { limit: DISCORD_LIMITS.text, render: toDiscord })[0] ?? '';
}
