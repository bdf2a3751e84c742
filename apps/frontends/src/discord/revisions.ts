import type { Receipt } from '@errand/core/domain/conversation/reply.ts';
import type { Reply } from '@errand/core/ports/frontend.ts';
import { RESTJSONErrorCodes } from 'discord.js';
import { BoundedMap } from '../chat/bounded-map.ts';
import { Lanes } from '../chat/lanes.ts';
import type { ChannelDirectory } from './channel-directory.ts';
import { isDiscordError, isGone, placeFor, toDeliveryFailure } from './delivery-errors.ts';
import type { DiscordApi } from './discord-api.ts';
import type { DiscordPlace } from './places.ts';
import { messageBody, renderMessages } from './render-reply.ts';

interface Parts {
	readonly api: Pick<DiscordApi, 'edit' | 'remove' | 'reopenThread'>;
	readonly directory: Pick<ChannelDirectory, 'directChannel' | 'find'>;
	/** Where each message of the bot's was written. */
	readonly channelOf: BoundedMap<string, string>;
	readonly publicUrl?: string | undefined;
}

/** Revisions edits replies where they were sent. */
export class Revisions {
	readonly #parts: Parts;
	readonly #lanes = new Lanes();
	readonly #latest = new BoundedMap<string, Reply>(1_000);

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	/** In the order they were asked for; one that was overtaken while it waited is left out. A message that is gone needs none. */
	async revise(receipt: Receipt, reply: Reply): Promise<void> {
		const [first] = receipt.platformMessageIds;
		if (first === undefined) return;
		this.#latest.set(first, reply);
		await this.#lanes.run(first, async () => {
			if (this.#latest.get(first) !== reply) return;
			this.#latest.delete(first);
			try {
				await this.#edit(receipt.platformMessageIds, reply);
			} catch (error) {
				if (!isGone(error)) throw toDeliveryFailure(error);
			}
		});
	}

	async #edit(ids: readonly string[], reply: Reply): Promise<void> {
		const place = placeFor(reply);
		const rendered = renderMessages(reply, place, this.#parts.publicUrl);
		for (const [index, id] of ids.entries()) {
			const part = rendered[index];
			const body = part === undefined ? undefined : { ...messageBody(part), components: [...part.rows] };
			for (const channel of await this.#channelsOf(id, place)) {
				try {
					if (body === undefined) await this.#parts.api.remove(channel, id);
					else await this.#editThere(channel, id, body);
					this.#parts.channelOf.set(id, channel);
					break;
				} catch (error) {
					if (!isGone(error)) throw error;
				}
			}
		}
	}

	async #editThere(channel: string, id: string, body: ReturnType<typeof messageBody>): Promise<void> {
		const { api } = this.#parts;
		try {
			await api.edit(channel, id, body);
		} catch (error) {
			if (!isDiscordError(error, RESTJSONErrorCodes.InvalidActionOnArchivedThread)) throw error;
			await api.reopenThread(channel);
			await api.edit(channel, id, body);
		}
	}

	/** Where a message may be: known, or after a restart in the thread if there is one, else in its channel. */
	async #channelsOf(id: string, place: DiscordPlace): Promise<string[]> {
		const known = this.#parts.channelOf.get(id);
		if (known !== undefined) return [known];
		const { directory } = this.#parts;
		if (place.kind === 'dm') return [await directory.directChannel(place.user)];
		const found = await directory.find(place.root);
		return found?.kind === 'thread' ? [place.root, place.channel] : [place.channel];
	}
}
