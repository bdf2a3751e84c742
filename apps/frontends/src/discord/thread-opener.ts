import type { IClock } from '@errand/core/ports/clock.ts';
import { RESTJSONErrorCodes } from 'discord.js';
import { BoundedMap } from '../chat/bounded-map.ts';
import type { ChannelDirectory } from './channel-directory.ts';
import { isDiscordError, lacksPermission } from './delivery-errors.ts';
import type { DiscordApi } from './discord-api.ts';
import type { FrontendHealth } from './frontend-health.ts';
import type { DiscordPlace } from './places.ts';
import { threadName } from './thread-name.ts';

/** After a refusal the channel is not asked again for this long. */
const REFUSED_MS = 10 * 60_000;

interface Parts {
	readonly api: Pick<DiscordApi, 'openThread'>;
	readonly directory: ChannelDirectory;
	readonly health: FrontendHealth;
	readonly clock: IClock;
}

/** ThreadOpener makes a thread out of the message that a task was given in. */
export class ThreadOpener {
	readonly #parts: Parts;
	readonly #refused = new BoundedMap<string, number>(1_000);
	readonly #told = new BoundedMap<string, true>(1_000);

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	/** Where it can't, the conversation stays in the channel, and `note` says why, once for each channel. */
	async open(
		place: Extract<DiscordPlace, { kind: 'shared' }>,
	): Promise<{ thread: boolean; note?: string | undefined }> {
		const { api, directory, health, clock } = this.#parts;
		const { channel, root } = place;
		const refusedAt = this.#refused.get(channel);
		if (refusedAt !== undefined && clock.now() - refusedAt < REFUSED_MS) return { thread: false };
		const starter = await directory.starter(channel, root);
		if (starter === undefined) return { thread: false };
		try {
			await api.openThread(channel, root, threadName(starter.text));
			health.clear(`threads:${channel}`);
		} catch (error) {
			if (isDiscordError(error, RESTJSONErrorCodes.ThreadAlreadyCreatedForMessage)) {
				directory.forget(root);
				return { thread: true };
			}
			if (!lacksPermission(error)) {
				if (isDiscordError(error, ...NO_THREADS_HERE)) return { thread: false };
				throw error;
			}
			this.#refused.set(channel, clock.now());
			health.raise(`threads:${channel}`, {
				message: `Discord did not let us open a thread in channel ${channel}, so tasks are answered in the channel itself.`,
				hint: 'Give the bot’s role "Create Public Threads" and "Send Messages in Threads" there (channel settings, Permissions).',
			});
			if (this.#told.get(channel)) return { thread: false };
			this.#told.set(channel, true);
			return { thread: false, note: '-# I may not open threads in this channel, so I answer here.' };
		}
		directory.forget(root);
		return { thread: true };
	}
}

/** The message is gone, or the kind of channel has no threads, or has as many as it takes. */
const NO_THREADS_HERE = [
	RESTJSONErrorCodes.UnknownMessage,
	RESTJSONErrorCodes.CannotExecuteActionOnThisChannelType,
	RESTJSONErrorCodes.MaximumActiveThreads,
	RESTJSONErrorCodes.CannotExecuteActionOnSystemMessage,
];
