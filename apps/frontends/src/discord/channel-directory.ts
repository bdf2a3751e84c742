import { type APIChannel, type APIMessage, type APIThreadChannel, ChannelType, RESTJSONErrorCodes } from 'discord.js';
import { BoundedMap } from '../chat/bounded-map.ts';
import { isDiscordError } from './delivery-errors.ts';
import type { DiscordApi } from './discord-api.ts';

/** KnownChannel is what has to be known of a channel: whether it is a thread, of which channel, and whose. */
export type KnownChannel =
	| { readonly kind: 'dm' }
	| { readonly kind: 'channel' }
	| { readonly kind: 'thread'; readonly parent: string; readonly owner: string | undefined };

const REMEMBERED = 5_000;

/** ChannelDirectory knows channels and threads, from events where it can and by asking where it must. */
export class ChannelDirectory {
	readonly #api: Pick<DiscordApi, 'channel' | 'directChannel' | 'message'>;
	readonly #channels = new BoundedMap<string, Promise<KnownChannel | undefined>>(REMEMBERED);
	readonly #starters = new BoundedMap<string, Promise<{ user: string; text: string } | undefined>>(REMEMBERED);
	readonly #direct = new BoundedMap<string, Promise<string>>(REMEMBERED);

	constructor(api: Pick<DiscordApi, 'channel' | 'directChannel' | 'message'>) {
		this.#api = api;
	}

	/** Takes note of a channel as Discord describes it. */
	note(channel: APIChannel): void {
		this.#channels.set(channel.id, Promise.resolve(knownChannel(channel)));
	}

	forget(id: string): void {
		this.#channels.delete(id);
	}

	/** Undefined for a channel that is not there; a message that has no thread yet is none. */
	find(id: string): Promise<KnownChannel | undefined> {
		return remembered(this.#channels, id, async () => {
			try {
				return knownChannel(await this.#api.channel(id));
			} catch (error) {
				if (isDiscordError(error, RESTJSONErrorCodes.UnknownChannel)) return undefined;
				throw error;
			}
		});
	}

	/** Takes note of a new message that a thread may grow from. */
	noteStarter(message: string, user: string, text: string): void {
		this.#channels.set(message, Promise.resolve(undefined));
		this.#starters.set(message, Promise.resolve({ user, text: text.slice(0, 200) }));
	}

	/** Who wrote the message that a thread grew from, and what; undefined when it is gone. */
	starter(channel: string, message: string): Promise<{ user: string; text: string } | undefined> {
		return remembered(this.#starters, message, async () => {
			try {
				const found = await this.#api.message(channel, message);
				return { user: authorOf(found), text: found.content.slice(0, 200) };
			} catch (error) {
				if (isDiscordError(error, RESTJSONErrorCodes.UnknownMessage, RESTJSONErrorCodes.MissingAccess))
					return undefined;
				throw error;
			}
		});
	}

	/** The channel in which a user is written to directly. */
	directChannel(user: string): Promise<string> {
		return remembered(this.#direct, user, () => this.#api.directChannel(user));
	}

	noteDirect(user: string, channel: string): void {
		this.#direct.set(user, Promise.resolve(channel));
		this.#channels.set(channel, Promise.resolve({ kind: 'dm' }));
	}
}

/** knownChannel reads what has to be known of a channel off its description. */
export function knownChannel(channel: Pick<APIChannel, 'id' | 'type'>): KnownChannel {
	switch (channel.type) {
		case ChannelType.DM:
		case ChannelType.GroupDM:
			return { kind: 'dm' };
		case ChannelType.PublicThread:
		case ChannelType.PrivateThread:
		case ChannelType.AnnouncementThread: {
			const { parent_id, owner_id } = channel as APIThreadChannel;
			return { kind: 'thread', parent: parent_id ?? channel.id, owner: owner_id };
		}
		default:
			return { kind: 'channel' };
	}
}

/** A message that answers a slash command was asked for by whoever used the command. */
function authorOf(message: APIMessage): string {
	return message.interaction_metadata?.user.id ?? message.author.id;
}

function remembered<Value>(
	map: BoundedMap<string, Promise<Value>>,
	key: string,
	ask: () => Promise<Value>,
): Promise<Value> {
	const known = map.get(key);
	if (known !== undefined) return known;
	const asked = ask();
	map.set(key, asked);
	asked.catch(() => {
		if (map.get(key) === asked) map.delete(key);
	});
	return asked;
}
