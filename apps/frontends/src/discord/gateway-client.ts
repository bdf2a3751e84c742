import { Client, GatewayIntentBits, Options, type RESTOptions, SimpleShardingStrategy } from 'discord.js';
import { type GatewayManager, surviveEvents, surviveQueued } from './survive-packets.ts';

/** GatewayClient is a client of discord.js that holds only what it must, and can be given up for good. */
export interface GatewayClient {
	readonly client: Client;
	/** Closes it. A client that is between two attempts to connect would go on trying after `destroy` alone. */
	retire(): Promise<void>;
}

const INTENTS = GatewayIntentBits.Guilds | GatewayIntentBits.GuildMessages | GatewayIntentBits.DirectMessages;

interface GatewayClientOptions {
	readonly api?: string | undefined;
	readonly readsAll: boolean;
	/** An event was of no shape that discord.js knows, and is left out. */
	readonly failed: (error: unknown) => void;
}

/** newGatewayClient makes a client; it connects when it is logged in. */
export function newGatewayClient({ api, readsAll, failed }: GatewayClientOptions): GatewayClient {
	const managers: GatewayManager[] = [];
	const client = new Client({
		intents: readsAll ? INTENTS | GatewayIntentBits.MessageContent : INTENTS,
		...(api === undefined ? {} : { rest: { api } satisfies Partial<RESTOptions> }),
		ws: {
			buildStrategy: (manager) => {
				managers.push(manager);
				surviveEvents(manager, failed);
				return new SimpleShardingStrategy(manager);
			},
		},
		makeCache: Options.cacheWithLimits({ ...NO_CACHES, GuildMemberManager: onlyMe, UserManager: onlyMe }),
	});
	surviveQueued(client, failed);
	return {
		client,
		retire: async () => {
			// Every attempt begins by asking for its session.
			for (const { options } of managers) options.retrieveSessionInfo = () => new Promise(() => {});
			await client.destroy();
		},
	};
}

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
