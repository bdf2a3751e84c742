import { type KeyObject, randomBytes, sign } from 'node:crypto';
import type { Channel, Wire, WireMessage, WireUser, World } from './world.ts';

/** Used is an interaction and what came of it. */
export interface Used {
	readonly id: string;
	readonly token: string;
	readonly user: WireUser;
	readonly channel: Channel;
	readonly data: Wire;
	/** The message whose button was pressed. */
	readonly on?: WireMessage | undefined;
	/** The first answer, and when it came. */
	response?: Wire | undefined;
	respondedAfterMs?: number | undefined;
	/** The message that answers it; ephemeral ones are in no channel. */
	original?: WireMessage | undefined;
	readonly usedAt: number;
	readonly followUps: WireMessage[];
}

const TYPES = { command: 2, component: 3, autocomplete: 4, modal: 5 } as const;

/** InteractionDesk hands what people use to the bot, over the gateway or signed over HTTP, and keeps what it answers. */
export class InteractionDesk {
	readonly #world: World;
	readonly #key: KeyObject;
	readonly used = new Map<string, Used>();
	/** The latest call over HTTP, for calling again. */
	lastCall: { headers: Record<string, string>; body: string } | undefined;

	constructor(world: World, key: KeyObject) {
		this.#world = world;
		this.#key = key;
	}

	async use(
		type: keyof typeof TYPES,
		{ user, channel, data, on }: { user: WireUser; channel: Channel; data: Wire; on?: WireMessage | undefined },
	): Promise<Used> {
		const { snowflakes, application, interactionsUrl } = this.#world;
		const id = snowflakes.next();
		const token = randomBytes(40).toString('base64url');
		const used: Used = { id, token, user, channel, data, on, usedAt: Date.now(), followUps: [] };
		this.used.set(token, used);
		const member = {
			user,
			roles: [],
			permissions: '0',
			joined_at: new Date(0).toISOString(),
			deaf: false,
			mute: false,
			flags: 0,
		};
		const payload = {
			id,
			token,
			application_id: application,
			type: TYPES[type],
			version: 1,
			data,
			channel_id: channel.id,
			channel: this.#world.channelPayload(channel),
			locale: 'en-US',
			entitlements: [],
			authorizing_integration_owners: {},
			context: channel.guild === undefined ? 1 : 0,
			attachment_size_limit: 10 * 1024 * 1024,
			app_permissions: '0',
			...(channel.guild === undefined ? { user } : { guild_id: channel.guild, guild_locale: 'en-US', member }),
			...(on === undefined ? {} : { message: on }),
		};
		if (interactionsUrl === null) this.#world.dispatch('INTERACTION_CREATE', payload);
		else await this.#call(interactionsUrl, payload);
		return used;
	}

	/** Calls the bot over HTTP as Discord does; `at` and `altered` are for calls that are not Discord's. */
	async #call(url: string, payload: Wire): Promise<void> {
		const body = JSON.stringify(payload);
		this.lastCall = { headers: this.sign(body), body };
		await fetch(url, { method: 'POST', ...this.lastCall });
	}

	sign(body: string, at = Date.now()): Record<string, string> {
		const timestamp = String(Math.floor(at / 1_000));
		const signature = sign(null, Buffer.from(timestamp + body), this.#key).toString('hex');
		return {
			'content-type': 'application/json',
			'x-signature-ed25519': signature,
			'x-signature-timestamp': timestamp,
		};
	}
}
