import { setTimeout as wait } from 'node:timers/promises';
import { CoreError, describeError } from '@errand/core/domain/errors.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import {
	type APIChannel,
	type APIGuild,
	type APIInteraction,
	type Client,
	Events,
	GatewayCloseCodes,
	GatewayDispatchEvents,
	type Guild,
} from 'discord.js';
import { stoppedInStart } from '../chat/stopped-in-start.ts';
import type { FrontendHealth, Problem } from './frontend-health.ts';
import { type GatewayClient, newGatewayClient } from './gateway-client.ts';
import { problemOfClose, problemOfLogin } from './gateway-problems.ts';
import type { ArrivedMessage } from './inbound-messages.ts';

/** GatewayListener is told what happens on Discord. Raw payloads, because messages that are read back have the same shape. */
export interface GatewayListener {
	/** A new session: whatever happened since the last one is not told. With the servers that the bot is in. */
	ready(user: string, guilds: ReadonlySet<string>): void;
	message(message: ArrivedMessage): void;
	interaction(interaction: APIInteraction): void;
	channel(channel: APIChannel): void;
	channelGone(id: string): void;
	guild(client: Client<true>, guild: APIGuild): void;
	/** The bot is no longer in a server. */
	guildGone(id: string): void;
}

interface Parts {
	readonly token: string;
	readonly api?: string | undefined;
	readonly listener: GatewayListener;
	readonly health: FrontendHealth;
	readonly clock: IClock;
	readonly log: ILogger;
}

const READY_MS = 30_000;
/** discord.js connects again twice a second; when that has not helped for a while, with growing waits. */
const MAX_QUICK_RECONNECTS = 20;
const WAITS_MS = [5_000, 15_000, 60_000, 300_000];

/** GatewayConnection holds the connection events come over. discord.js resumes it; what it gives up on is opened anew here. */
export class GatewayConnection {
	readonly #parts: Parts;
	#current: GatewayClient | undefined;
	#readsAll = true;
	#reconnects = 0;
	#failures = 0;
	#stopped = false;
	#turn = 0;
	#cancelReopening: () => void = () => {};

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	/** Messages are read where the bot is not mentioned, too. */
	get readsAll(): boolean {
		return this.#readsAll;
	}

	/** The servers the bot is in, as they are by now. */
	get guilds(): Guild[] {
		return [...(this.#current?.client.guilds.cache.values() ?? [])];
	}

	/** Resolves once Discord has said READY; rejects with a CoreError that says what to do. */
	async open(readsAll: boolean): Promise<void> {
		if (this.#stopped) throw stoppedInStart('discord');
		this.#readsAll = readsAll;
		const { api, log } = this.#parts;
		const failed = (error: unknown) => log.error('discord event not understood', { error });
		const current = newGatewayClient({ api, readsAll, failed });
		this.#current = current;
		this.#watch(current);
		let closed: number | undefined;
		const noteClose = ({ code }: { code: number }) => {
			closed = code;
		};
		current.client.on(Events.ShardDisconnect, noteClose);
		try {
			await this.#login(current.client);
		} catch (error) {
			await current.retire();
			if (closed === GatewayCloseCodes.DisallowedIntents && readsAll) return this.open(false);
			const problem = problemOfClose(closed) ?? problemOfLogin(error);
			throw new CoreError(problem.code, problem.message, { hint: problem.hint, cause: error });
		}
		current.client.off(Events.ShardDisconnect, noteClose);
		this.#failures = 0;
		if (this.#stopped) await current.retire();
	}

	async close(): Promise<void> {
		this.#stopped = true;
		this.#cancelReopening();
		await this.#current?.retire();
	}

	/** Begins a new session, because what the bot may do has changed. */
	reopen(readsAll: boolean): void {
		if (this.#current !== undefined) this.#reopenLater(this.#current, readsAll);
	}

	async #login(client: Client): Promise<void> {
		const late = new AbortController();
		const tooLate = wait(READY_MS, undefined, { signal: late.signal, ref: false }).then(() => {
			throw new Error(`it did not say that it is ready within ${READY_MS / 1_000} s`);
		});
		try {
			await Promise.race([client.login(this.#parts.token), tooLate]);
		} finally {
			tooLate.catch(() => {});
			late.abort();
		}
	}

	#watch(current: GatewayClient): void {
		const { health, log } = this.#parts;
		const { client } = current;
		this.#listen(current);
		client.on(Events.ShardReconnecting, () => {
			if (this.#stopped || this.#current !== current) return;
			this.#reconnects += 1;
			health.raise('connection', DISCONNECTED);
			log.warn('discord disconnected', { attempts: this.#reconnects });
			if (this.#reconnects > MAX_QUICK_RECONNECTS) this.#reopenLater(current);
		});
		client.on(Events.ShardDisconnect, ({ code }) => {
			if (this.#stopped || this.#current !== current) return;
			health.raise('connection', problemOfClose(code) ?? DISCONNECTED);
			log.error('discord closed the connection', { code });
			if (!client.isReady()) return;
			this.#reopenLater(current, this.#readsAll && code !== GatewayCloseCodes.DisallowedIntents);
		});
		client.on(Events.Error, (error) => log.warn('discord error', { error }));
		client.on(Events.ShardError, (error) => log.warn('discord connection error', { error }));
		client.on(Events.Warn, (message) => log.warn('discord warning', { message }));
	}

	#listen(current: GatewayClient): void {
		const { client } = current;
		const { listener, log } = this.#parts;
		// Events of discord.js come after its caches; these come as they are.
		const survive = (event: GatewayDispatchEvents, work: () => void) => {
			if (this.#current !== current || this.#stopped) return;
			try {
				work();
			} catch (error) {
				log.error('discord event not handled', { event, error });
			}
		};
		const on = <Payload>(event: GatewayDispatchEvents, take: (payload: Payload) => void) => {
			client.ws.on(event as never, (payload: Payload) => survive(event, () => take(payload)));
		};
		const connected = () => {
			this.#reconnects = 0;
			this.#parts.health.clear('connection');
		};
		on<{ user: { id: string }; guilds: readonly { id: string }[] }>(GatewayDispatchEvents.Ready, (ready) => {
			const guilds = new Set(ready.guilds.map(({ id }) => id));
			connected();
			// discord.js keeps those of the session before.
			client.guilds.cache.sweep(({ id }) => !guilds.has(id));
			listener.ready(ready.user.id, guilds);
		});
		on(GatewayDispatchEvents.Resumed, () => {
			connected();
			log.info('discord resumed');
		});
		on<ArrivedMessage>(GatewayDispatchEvents.MessageCreate, (message) => listener.message(message));
		on<APIInteraction>(GatewayDispatchEvents.InteractionCreate, (interaction) => listener.interaction(interaction));
		for (const event of CHANNEL_EVENTS) on<APIChannel>(event, (channel) => listener.channel(channel));
		on<{ id: string }>(GatewayDispatchEvents.ThreadDelete, ({ id }) => listener.channelGone(id));
		on<{ id: string }>(GatewayDispatchEvents.ChannelDelete, ({ id }) => listener.channelGone(id));
		on<{ id: string; unavailable?: boolean }>(GatewayDispatchEvents.GuildDelete, ({ id, unavailable }) => {
			// A server that is away for a while is still the bot's.
			if (unavailable) return;
			for (const channel of client.guilds.cache.get(id)?.channels.cache.keys() ?? []) listener.channelGone(channel);
			listener.guildGone(id);
		});
		on<APIGuild & { channels?: APIChannel[]; threads?: APIChannel[] }>(GatewayDispatchEvents.GuildCreate, (guild) => {
			for (const channel of [...(guild.channels ?? []), ...(guild.threads ?? [])]) listener.channel(channel);
			setImmediate(() =>
				survive(GatewayDispatchEvents.GuildCreate, () => listener.guild(client as Client<true>, guild)),
			);
		});
	}

	/** Whatever was begun before is superseded, so that there are never two clients. */
	#reopenLater(current: GatewayClient, readsAll = this.#readsAll): void {
		if (this.#current !== current || this.#stopped) return;
		const { clock, log, health } = this.#parts;
		const waitMs = readsAll === this.#readsAll ? (WAITS_MS[Math.min(this.#failures, WAITS_MS.length - 1)] ?? 0) : 0;
		this.#current = undefined;
		this.#failures += 1;
		this.#reconnects = 0;
		this.#turn += 1;
		const turn = this.#turn;
		current.retire().catch((error: unknown) => log.warn('discord not closed', { error }));
		this.#cancelReopening = clock.after(waitMs, () => {
			this.open(readsAll).catch((error: unknown) => {
				if (turn !== this.#turn || this.#current === undefined || this.#stopped) return;
				const hint = error instanceof CoreError ? error.hint : DISCONNECTED.hint;
				health.raise('connection', { message: describeError(error), hint });
				log.warn('discord not reconnected', { failures: this.#failures, error });
				this.#reopenLater(this.#current);
			});
		});
	}
}

const DISCONNECTED: Problem = {
	message: 'The connection to Discord is lost; it is being made again.',
	hint: 'Nothing needs doing unless it lasts: then see discordstatus.com and the network of the server.',
};

const CHANNEL_EVENTS = [
	GatewayDispatchEvents.ThreadCreate,
	GatewayDispatchEvents.ThreadUpdate,
	GatewayDispatchEvents.ChannelCreate,
	GatewayDispatchEvents.ChannelUpdate,
];
