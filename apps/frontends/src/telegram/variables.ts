import { z } from 'zod';
import { isApiAddress } from '../chat/api-address.ts';

/** TELEGRAM_VARIABLES are those that connect a Telegram bot; an app spreads them into the schema of its environment. */
export const TELEGRAM_VARIABLES = {
	TELEGRAM_BOT_TOKEN: z
		.string()
		.regex(/^\d{1,20}:[\w-]{20,100}$/, 'must be a token as @BotFather writes it, such as 123456789:AAE…')
		.optional(),
	TELEGRAM_WEBHOOK_SECRET: z
		.string()
		.regex(/^[\w-]{16,256}$/, 'must be 16 to 256 letters, digits, _ or -')
		.optional(),
	TELEGRAM_API_URL: z
		.string()
		.refine(isApiAddress, 'must be the http or https address of a Bot API server, such as http://127.0.0.1:8081')
		.transform((text) => text.replace(/\/+$/, ''))
		.optional(),
} as const;

/** TelegramVariables are the variables as parsed. */
export type TelegramVariables = Readonly<z.output<z.ZodObject<typeof TELEGRAM_VARIABLES>>>;
