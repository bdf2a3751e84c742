import { CoreError } from '@errand/core/domain/errors.ts';
import { z } from 'zod';
import { callVendor, unexpected, type Vendor } from './vendor-call.ts';

/** DiscordBot is a bot as its developer portal has set it up. */
export interface DiscordBot {
	readonly id: string;
	readonly name: string;
	readonly applicationId: string;
	/** Whether it is given the words of messages. */
	readonly readsMessages: boolean;
	/** Anybody may invite it. */
	readonly public: boolean;
	readonly servers: number | undefined;
	/** Checks the signature of calls. */
	readonly publicKey: string;
	/** Where commands and buttons are sent as calls; empty while they come by the bot's own connection. */
	readonly interactionsUrl: string;
	/** Whose application it is, unless it is a team's. */
	readonly owner: { readonly id: string; readonly name: string } | undefined;
}

/** discordVendor is Discord's API, or a stand-in of it. */
export function discordVendor(apiUrl: string | undefined): Vendor {
	const url = (apiUrl ?? 'https://discord.com/api').replace(/\/+$/, '');
	return { name: 'Discord', url: `${url}/v10`, variable: 'DISCORD_API_URL' };
}

/** readDiscordBot reads what Discord knows of the bot with this token. */
export async function readDiscordBot(vendor: Vendor, token: string, signal: AbortSignal): Promise<DiscordBot> {
	const get = async <T>(path: string, schema: z.ZodType<T>): Promise<T> => {
		const headers = { authorization: `Bot ${token}`, 'user-agent': 'DiscordBot (https://errand.invalid, 1)' };
		const answer = await callVendor(vendor, path, { headers, signal });
		if (answer.status === 401 || answer.status === 403) throw wrongToken(answer.status);
		const parsed = schema.safeParse(answer.body);
		if (answer.status !== 200 || !parsed.success) throw unexpected(vendor, answer);
		return parsed.data;
	};
	const user = await get('/users/@me', User);
	const application = await get('/applications/@me', Application);
	const { owner, team } = application;
	return {
		id: user.id,
		name: user.username,
		applicationId: application.id,
		readsMessages: (application.flags & MESSAGE_CONTENT) !== 0,
		public: application.bot_public,
		servers: application.approximate_guild_count,
		publicKey: application.verify_key,
		interactionsUrl: application.interactions_endpoint_url ?? '',
		owner: owner === undefined || team ? undefined : { id: owner.id, name: owner.username },
	};
}

// GATEWAY_MESSAGE_CONTENT, and the same for bots in fewer than 100 servers.
const MESSAGE_CONTENT = (1 << 18) | (1 << 19);

const User = z.object({ id: z.string(), username: z.string() });
const Application = z.object({
	id: z.string(),
	flags: z.int().default(0),
	bot_public: z.boolean().default(true),
	verify_key: z.string(),
	interactions_endpoint_url: z.string().nullish(),
	approximate_guild_count: z.int().optional(),
	owner: User.optional(),
	team: z.unknown().nullish(),
});

function wrongToken(status: number): CoreError {
	return new CoreError('unauthorized', `Discord does not know this token (status ${status}).`, {
		hint: 'Copy the bot’s token anew: developer portal, your application, Bot, Reset Token. It is neither the public key nor the client secret.',
	});
}
