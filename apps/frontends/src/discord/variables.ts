import { z } from 'zod';
import { isApiAddress } from '../chat/api-address.ts';

/** DISCORD_VARIABLES are those that say how to reach Discord; an app spreads them into the schema of its environment. */
export const DISCORD_VARIABLES = {
	DISCORD_TOKEN: z
		.string()
		.transform((text) => text.replace(/^Bot\s+/i, ''))
		.refine((text) => /^[\w.-]{20,200}$/.test(text), 'must be the token of a bot, as its page "Bot" shows it once')
		.optional(),
	DISCORD_PUBLIC_KEY: z
		.string()
		.regex(/^[\da-f]{64}$/i, 'must be the application’s public key: 64 hexadecimal digits')
		.optional(),
	DISCORD_API_URL: z
		.string()
		.refine(isApiAddress, 'must be the http or https address of an API, such as http://127.0.0.1:8080/api')
		.transform((text) => text.replace(/\/+$/, ''))
		.optional(),
} as const;

/** DiscordVariables are the variables as parsed. */
export type DiscordVariables = Readonly<z.output<z.ZodObject<typeof DISCORD_VARIABLES>>>;
