import type { ILogger } from '@errand/core/ports/logger.ts';
import { type APIApplication, ApplicationFlags, type Guild, OAuth2Scopes, PermissionFlagsBits } from 'discord.js';
import type { DiscordApi } from './discord-api.ts';
import type { FrontendHealth } from './frontend-health.ts';
import { sameCommands, slashCommands } from './slash-commands.ts';

interface Parts {
	readonly api: Pick<DiscordApi, 'commands' | 'putCommands'>;
	readonly health: FrontendHealth;
	readonly log: ILogger;
}

const NEEDED = {
	'View Channels': PermissionFlagsBits.ViewChannel,
	'Send Messages': PermissionFlagsBits.SendMessages,
	'Create Public Threads': PermissionFlagsBits.CreatePublicThreads,
	'Send Messages in Threads': PermissionFlagsBits.SendMessagesInThreads,
	'Attach Files': PermissionFlagsBits.AttachFiles,
	'Read Message History': PermissionFlagsBits.ReadMessageHistory,
} as const;

/** mayReadMessages tells whether the application has the intent for messages that do not mention it. */
export function mayReadMessages({ flags }: Pick<APIApplication, 'flags'>): boolean {
	return (
		((flags ?? 0) & (ApplicationFlags.GatewayMessageContent | ApplicationFlags.GatewayMessageContentLimited)) !== 0
	);
}

/** checkIntent says what is missing when messages can't be read that do not mention the bot. */
export function checkIntent(readsAll: boolean, health: FrontendHealth): void {
	if (readsAll) health.clear('intent');
	else {
		health.raise('intent', {
			message: 'The bot lacks the Message Content Intent, so in threads it reads only messages that mention it.',
			hint: 'Switch on "Message Content Intent" at discord.com/developers/applications, Bot, Privileged Gateway Intents; it is noticed within minutes.',
		});
	}
}

/** checkEndpoint compares how the application is set up for interactions with what this server serves. */
export function checkEndpoint(
	application: Pick<APIApplication, 'verify_key'> & { interactions_endpoint_url?: string | null | undefined },
	publicKey: string | undefined,
	health: FrontendHealth,
): void {
	const { interactions_endpoint_url: url, verify_key: key } = application;
	if (url && publicKey === undefined) {
		health.raise('endpoint', {
			message: `Discord sends commands and presses to ${url}, and this server does not take them over HTTP.`,
			hint: 'Clear "Interactions Endpoint URL" at discord.com/developers/applications, General Information, or set DISCORD_PUBLIC_KEY.',
		});
	} else if (publicKey !== undefined && key !== publicKey.toLowerCase()) {
		health.raise('endpoint', {
			message: 'DISCORD_PUBLIC_KEY is not the public key of the bot’s application.',
			hint: 'Copy "Public Key" from discord.com/developers/applications, General Information.',
		});
	} else health.clear('endpoint');
}

/** registerCommands makes Discord offer our commands; they are written only when they differ, because writing is limited. */
export async function registerCommands(application: string, { api, health, log }: Parts): Promise<void> {
	const wanted = slashCommands();
	try {
		if (!sameCommands(await api.commands(application), wanted)) {
			await api.putCommands(application, wanted);
			log.info('discord commands registered', { commands: wanted.length });
		}
		health.clear('commands');
	} catch (error) {
		log.warn('discord commands not registered', { error });
		health.raise('commands', {
			message: 'The slash commands could not be registered with Discord; everything else works.',
			hint: 'Invite the bot with the scope "applications.commands", and start again.',
		});
	}
}

/** checkGuild says which permissions the bot lacks in a server. */
export function checkGuild(guild: Guild, health: FrontendHealth): void {
	const { me } = guild.members;
	if (me === null) return;
	const missing = Object.entries(NEEDED).filter(([, flag]) => !me.permissions.has(flag));
	if (missing.length === 0) return health.clear(`guild:${guild.id}`);
	health.raise(`guild:${guild.id}`, {
		message: `In the server "${guild.name}" the bot lacks: ${missing.map(([name]) => name).join(', ')}.`,
		hint: 'Give them to the bot’s role (Server Settings, Roles).',
	});
}

/** forgetGuilds says nothing any more of servers that the bot is no longer in. */
export function forgetGuilds(guilds: ReadonlySet<string>, health: FrontendHealth): void {
	for (const name of health.names()) {
		if (name.startsWith('guild:') && !guilds.has(name.slice('guild:'.length))) health.clear(name);
	}
}

/** inviteAddress is where the owner of a server lets the bot in. */
export function inviteAddress(application: string): string {
	const permissions = Object.values(NEEDED).reduce((all, flag) => all | flag, 0n);
	const scope = [OAuth2Scopes.Bot, OAuth2Scopes.ApplicationsCommands].join(' ');
	const query = new URLSearchParams({ client_id: application, scope, permissions: permissions.toString() });
	return `https://discord.com/oauth2/authorize?${query}`;
}
