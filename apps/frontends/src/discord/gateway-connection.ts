import { setTimeout as wait } from 'node:timers/promises';
import { CoreError, describeError } from '@errand/core/domain/errors.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import {
	type APIChannel,
	type APIGuild,
	type APIInteraction,
	Client,
	Events,
	GatewayCloseCodes,
	GatewayDispatchEvents,
	GatewayIntentBits,
	Options,
	type RESTOptions,
} from 'discord.js';
import type { FrontendHealth, Problem } from './frontend-health.ts';
import { problemOfClose, problemOfLogin } from './gateway-problems.ts';
import type { ArrivedMessage } from './inbound-messages.ts';

/** GatewayListener is told what happens on Discord. Raw payloads, because messages that are read back have the same shape. */
export interface GatewayListener {
	/** A new session: whatever happened since the last one is not told. */
	ready(user: string): void;
	message(message: ArrivedMessage): void;
	interaction(interaction: APIInteraction): void;
	channel(channel: APIChannel): void;
	channelGone(id: string): void;
	guild(client: Client<true>, guild: APIGuild): void;
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
const INTENTS = GatewayIntentBits.Guilds | GatewayIntentBits.GuildMessages | GatewayIntentBits.DirectMessages;

/** GatewayConnection holds the connection events come over. discord.js resumes it; what it gives up on is opened anew here. */
export class GatewayConnection {
	readonly #parts: Parts;
	#client: Client | undefined;
	#readsAll = true;
	#reconnects = 0;
	#failures = 0;
	#stopped = false;
	#cancelReopening: () => void = () => {};

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	/** Messages are read where the bot is not mentioned, too. */
	get readsAll(): boolean {
		return this.#readsAll;
	}

	/** Resolves once Discord has said READY; rejects with a CoreError that says what to do. */
	async open(readsAll: boolean): Promise<void> {
		this.#readsAll = readsAll;
		const client = this.#newClient();
		this.#client = client;
		let closed: number | undefined;
		const noteClose = ({ code }: { code: number }) => {
			closed = code;
		};
		client.on(Events.ShardDisconnect, noteClose);
		const late = new AbortController();
		try {
			await Promise.race([
				client.login(this.#parts.token),
				wait(READY_MS, undefined, { signal: late.signal, ref: false }).then(() => {
					throw new Error(`Discord did not say that it is ready within ${READY_MS / 1_000} s`);
				}),
			]);
		} catch (error) {
			await client.destroy();
			if (closed === GatewayCloseCodes.DisallowedIntents && readsAll) return this.open(false);
			const problem = problemOfClose(closed) ?? problemOfLogin(error);
			throw new CoreError(problem.code, problem.message, { hint: problem.hint, cause: error });
		} finally {
			late.abort();
		}
		client.off(Events.ShardDisconnect, noteClose);
		this.#failures = 0;
		if (this.#stopped) await client.destroy();
	}

	async close(): Promise<void> {
		this.#stopped = true;
		this.#cancelReopening();
		await this.#client?.destroy();
	}

	/** Begins a new session, because what the bot may do has changed. */
	async reopen(readsAll: boolean): Promise<void> {
		await this.#client?.destroy();
		if (!this.#stopped) await this.open(readsAll);
	}

	#newClient(): Client {
		const { api, health, log } = this.#parts;
		const client = new Client({
			intents: this.#readsAll ? INTENTS | GatewayIntentBits.MessageContent : INTENTS,
			...(api === undefined ? {} : { rest: { api } satisfies Partial<RESTOptions> }),
			makeCache: Options.cacheWithLimits({ ...NO_CACHES, GuildMemberManager: onlyMe, UserManager: onlyMe }),
		});
		this.#listen(client);
		client.on(Events.ShardReconnecting, () => {
			this.#reconnects += 1;
			health.raise('connection', DISCONNECTED);
			log.warn('discord disconnected', { attempts: this.#reconnects });
			if (this.#reconnects > MAX_QUICK_RECONNECTS) this.#reopenLater(client);
		});
		client.on(Events.ShardDisconnect, ({ code }) => {
			if (this.#stopped || this.#client !== client) return;
			const problem = problemOfClose(code) ?? DISCONNECTED;
			health.raise('connection', problem);
			log.error('discord closed the connection', { code });
			if (client.isReady()) this.#reopenLater(client, this.#readsAll && code !== GatewayCloseCodes.DisallowedIntents);
		});
		client.on(Events.Error, (error) => log.warn('discord error', { error }));
		client.on(Events.ShardError, (error) => log.warn('discord connection error', { error }));
		client.on(Events.Warn, (message) => log.warn('discord warning', { message }));
		return client;
	}

	#listen(client: Client): void {
		const { listener, log } = this.#parts;
		// Events of discord.js come after its caches; these come as they are.
		const on = <Payload>(event: GatewayDispatchEvents, take: (payload: Payload) => void) => {
			client.ws.on(event as never, (payload: Payload) => {
				if (this.#client !== client || this.#stopped) return;
				try {
					take(payload);
				} catch (error) {
					log.error('discord event not handled', { event, error });
				}
			});
		};
		const connected = () => {
			this.#reconnects = 0;
			this.#parts.health.clear('connection');
		};
		on<{ user: { id: string } }>(GatewayDispatchEvents.Ready, ({ user }) => {
			connected();
			listener.ready(user.id);
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
		on<APIGuild & { channels?: APIChannel[]; threads?: APIChannel[] }>(GatewayDispatchEvents.GuildCreate, (guild) => {
			for (const channel of [...(guild.channels ?? []), ...(guild.threads ?? [])]) listener.channel(channel);
			setImmediate(() => listener.guild(client as Client<true>, guild));
		});
	}

	#reopenLater(client: Client, readsAll = true): void {
		if (this.#client !== client) return;
		this.#client = undefined;
		const { clock, log, health } = this.#parts;
		const waitMs = readsAll ? (WAITS_MS[Math.min(this.#failures, WAITS_MS.length - 1)] ?? 0) : 0;
		this.#failures += 1;
		this.#reconnects = 0;
		void client.destroy().catch((error: unknown) => log.warn('discord not closed', { error }));
		const failures = this.#failures;
		this.#cancelReopening = clock.after(waitMs, () => {
			if (this.#stopped) return;
			this.open(readsAll && this.#readsAll).catch((error: unknown) => {
				this.#failures = failures;
				health.raise('connection', {
					message: describeError(error),
					hint: error instanceof CoreError ? error.hint : DISCONNECTED.hint,
				});
				log.warn('discord not reconnected', { failures, error });
				if (this.#client !== undefined) this.#reopenLater(this.#client, this.#readsAll);
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

/** Nothing is looked up in these; what is needed of a message comes with it. */
const NO_CACHES = {
	MessageManager: 0,
	PresenceManager: 0,
	ReactionManager: 0,
	ReactionUserManager: 0,
	GuildBanManager: 0,
	GuildInviteManager: 0,
	GuildEmojiManager: 0,
	GuildStickerManager: 0,
	GuildScheduledEventManager: 0,
	StageInstanceManager: 0,
	VoiceStateManager: 0,
	ThreadMemberManager: 0,
	AutoModerationRuleManager: 0,
	ApplicationCommandManager: 0,
};
const onlyMe = {
	maxSize: 0,
	keepOverLimit: (one: { readonly id: string; readonly client: Client }) => one.id === one.client.user?.id,
};
