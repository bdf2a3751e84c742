import { randomBytes } from 'node:crypto';
import { Snowflakes } from './snowflakes.ts';

/** Json is what goes over the wire, loosely: the stand-in is held to Discord's shapes by discord.js and by its description. */
export type Wire = Record<string, unknown>;

export interface WireUser extends Wire {
	readonly id: string;
	readonly username: string;
	readonly global_name: string | null;
	readonly bot?: boolean;
}

export interface WireMessage extends Wire {
	readonly id: string;
	readonly channel_id: string;
	readonly author: WireUser;
	content: string;
	components: Wire[];
	attachments: WireAttachment[];
	readonly type: number;
	flags: number;
	edited_timestamp: string | null;
	readonly message_reference?: { readonly message_id: string };
}

export interface WireAttachment extends Wire {
	readonly id: string;
	readonly filename: string;
	readonly size: number;
	readonly content_type: string;
	readonly url: string;
}

/** Channel is a channel, thread or direct channel with its messages. */
export interface Channel {
	readonly id: string;
	readonly kind: 'text' | 'thread' | 'dm';
	name: string;
	readonly guild?: string;
	readonly parent?: string;
	readonly owner?: string;
	/** The other side of a direct channel. */
	readonly recipient?: string;
	archived: boolean;
	readonly messages: WireMessage[];
	/** What the bot may not do here. */
	readonly denied: Set<'send' | 'threads' | 'view'>;
}

export interface Guild {
	readonly id: string;
	readonly name: string;
	readonly botRole: string;
	botPermissions: bigint;
	readonly channels: string[];
}

const CHANNEL_TYPES = { text: 0, dm: 1, thread: 11 } as const;
const ALL_PERMISSIONS = (1n << 10n) | (1n << 11n) | (1n << 35n) | (1n << 38n) | (1n << 15n) | (1n << 16n);

/** World is everything that is on this Discord. */
export class World {
	readonly snowflakes = new Snowflakes();
	readonly bot: WireUser;
	readonly application: string;
	readonly token: string;
	readonly users = new Map<string, WireUser>();
	readonly guilds = new Map<string, Guild>();
	readonly channels = new Map<string, Channel>();
	readonly files = new Map<string, { type: string; content: Uint8Array }>();
	/** The bot may have the content of all messages. */
	messageContent = true;
	/** What the application says of itself; not always what the gateway finds. */
	claimsMessageContent: boolean | undefined;
	interactionsUrl: string | null = null;
	/** The key that calls over HTTP are checked with, in hexadecimal. */
	publicKey = '';
	commands: Wire[] = [];
	dispatch: (event: string, payload: Wire) => void = () => {};
	/** Where files are served. */
	address = '';

	constructor() {
		const id = this.snowflakes.next();
		this.bot = { id, username: 'errand', discriminator: '0', global_name: null, avatar: null, bot: true };
		this.application = id;
		this.token = `${Buffer.from(id).toString('base64url')}.Gstand.${randomBytes(20).toString('base64url')}`;
		this.users.set(id, this.bot);
	}

	addUser(name: string, fields: Wire = {}): WireUser {
		const id = this.snowflakes.next();
		const user = { id, username: name.toLowerCase(), discriminator: '0', global_name: name, avatar: null, ...fields };
		this.users.set(id, user);
		return user;
	}

	addGuild(name: string): Guild {
		const id = this.snowflakes.next();
		const guild = { id, name, botRole: this.snowflakes.next(), botPermissions: ALL_PERMISSIONS, channels: [] };
		this.guilds.set(id, guild);
		return guild;
	}

	addChannel(guild: Guild, name: string): Channel {
		const channel = this.#newChannel({ id: this.snowflakes.next(), kind: 'text', name, guild: guild.id });
		guild.channels.push(channel.id);
		return channel;
	}

	directChannel(user: string): Channel {
		const known = [...this.channels.values()].find(({ recipient }) => recipient === user);
		return known ?? this.#newChannel({ id: this.snowflakes.next(), kind: 'dm', name: '', recipient: user });
	}

	addThread(parent: Channel, message: string, name: string, owner: string): Channel {
		const guild = parent.guild === undefined ? {} : { guild: parent.guild };
		const thread = this.#newChannel({ id: message, kind: 'thread', name, parent: parent.id, owner, ...guild });
		this.dispatch('THREAD_CREATE', { ...this.channelPayload(thread), newly_created: true });
		return thread;
	}

	/** Puts a message into a channel and tells about it. */
	post(channel: Channel, author: WireUser, fields: Wire): WireMessage {
		const content = String(fields['content'] ?? '');
		const message: WireMessage = {
			mention_everyone: false,
			mentions: this.#mentioned(content),
			mention_roles: [...content.matchAll(/<@&(\d+)>/g)].map(([, id]) => id ?? ''),
			embeds: [],
			pinned: false,
			tts: false,
			timestamp: new Date().toISOString(),
			edited_timestamp: null,
			type: 0,
			flags: 0,
			components: [],
			attachments: [],
			...fields,
			id: this.snowflakes.next(),
			channel_id: channel.id,
			author,
			content,
		};
		channel.messages.push(message);
		channel.archived = false;
		this.dispatch('MESSAGE_CREATE', this.messagePayload(channel, message));
		return message;
	}

	messagePayload(channel: Channel, message: WireMessage): Wire {
		const reference = message.message_reference?.message_id;
		const referenced = channel.messages.find(({ id }) => id === reference);
		return {
			...message,
			channel_type: CHANNEL_TYPES[channel.kind],
			...(channel.guild === undefined ? {} : { guild_id: channel.guild, member: memberPayload() }),
			...(reference === undefined ? {} : { referenced_message: referenced ?? null }),
		};
	}

	channelPayload(channel: Channel): Wire {
		const { id, kind, name, guild, parent, owner, recipient, archived } = channel;
		const last = channel.messages.at(-1)?.id ?? null;
		if (kind === 'dm') {
			return { id, type: 1, last_message_id: last, recipients: [this.users.get(recipient ?? '')] };
		}
		const shared = {
			id,
			name,
			guild_id: guild,
			last_message_id: last,
			permission_overwrites: [],
			position: 0,
			flags: 0,
		};
		if (kind === 'text') return { ...shared, type: 0, parent_id: null, nsfw: false, topic: null };
		const metadata = {
			archived,
			auto_archive_duration: 1440,
			archive_timestamp: new Date().toISOString(),
			locked: false,
		};
		const counts = {
			message_count: channel.messages.length,
			member_count: 2,
			total_message_sent: channel.messages.length,
		};
		return { ...shared, ...counts, type: 11, parent_id: parent, owner_id: owner, thread_metadata: metadata };
	}

	guildPayload(guild: Guild): Wire {
		const channels = guild.channels.flatMap((id) => this.channels.get(id) ?? []);
		const threads = [...this.channels.values()].filter((one) => one.kind === 'thread' && one.guild === guild.id);
		const role = { color: 0, hoist: false, position: 0, managed: false, mentionable: false, flags: 0 };
		return {
			id: guild.id,
			name: guild.name,
			owner_id: '1',
			roles: [
				{ ...role, id: guild.id, name: '@everyone', permissions: '0' },
				{
					...role,
					id: guild.botRole,
					name: 'errand',
					managed: true,
					permissions: guild.botPermissions.toString(),
					tags: { bot_id: this.bot.id },
				},
			],
			members: [{ ...memberPayload(), user: this.bot, roles: [guild.botRole] }],
			channels: channels.map((channel) => this.channelPayload(channel)),
			threads: threads.map((thread) => this.channelPayload(thread)),
			emojis: [],
			stickers: [],
			features: [],
			voice_states: [],
			presences: [],
			stage_instances: [],
			guild_scheduled_events: [],
			soundboard_sounds: [],
			member_count: 2,
			joined_at: new Date().toISOString(),
			large: false,
			unavailable: false,
			afk_timeout: 300,
			verification_level: 0,
			default_message_notifications: 0,
			explicit_content_filter: 0,
			mfa_level: 0,
			premium_tier: 0,
			nsfw_level: 0,
			system_channel_flags: 0,
			preferred_locale: 'en-US',
			premium_progress_bar_enabled: false,
		};
	}

	addFile(filename: string, type: string, content: Uint8Array): WireAttachment {
		const id = this.snowflakes.next();
		const path = `/attachments/${id}/${encodeURIComponent(filename)}`;
		this.files.set(path, { type, content });
		const url = `${this.address}${path}`;
		return { id, filename, size: content.byteLength, content_type: type, url, proxy_url: url };
	}

	findMessage(id: string): { channel: Channel; message: WireMessage } | undefined {
		for (const channel of this.channels.values()) {
			const message = channel.messages.find((one) => one.id === id);
			if (message !== undefined) return { channel, message };
		}
		return undefined;
	}

	#newChannel(fields: Pick<Channel, 'id' | 'kind' | 'name'> & Partial<Channel>): Channel {
		const channel: Channel = { archived: false, messages: [], denied: new Set(), ...fields };
		this.channels.set(channel.id, channel);
		return channel;
	}

	#mentioned(content: string): WireUser[] {
		const ids = new Set([...content.matchAll(/<@!?(\d+)>/g)].map(([, id]) => id ?? ''));
		return [...ids].flatMap((id) => this.users.get(id) ?? []);
	}
}

function memberPayload(): Wire {
	return { roles: [], joined_at: new Date(0).toISOString(), deaf: false, mute: false, flags: 0 };
}
