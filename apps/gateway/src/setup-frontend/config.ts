import type { Environment } from '@errand/core/infrastructure/environment.ts';

/** FRONTEND_VARIABLES are what a set-up of frontends reads of the environment, writes, or both. */
const FRONTEND_VARIABLES = [
	'PORT',
	'HOST',
	'ERRAND_PUBLIC_URL',
	'ERRAND_OWNERS',
	'DISCORD_TOKEN',
	'DISCORD_PUBLIC_KEY',
	'DISCORD_API_URL',
	'TELEGRAM_BOT_TOKEN',
	'TELEGRAM_WEBHOOK_SECRET',
	'TELEGRAM_API_URL',
	'TWILIO_ACCOUNT_SID',
	'TWILIO_AUTH_TOKEN',
	'TWILIO_PHONE_NUMBER',
	'TWILIO_API_URL',
] as const;

/** readKnown picks what is set of them, in the environment or else in the file; an empty one is one that is left open. */
export function readKnown(file: Environment, env: Environment = process.env): Environment {
	return Object.fromEntries(
		FRONTEND_VARIABLES.flatMap((name) => {
			const value = [env[name], file[name]].find((each) => each !== undefined && each.trim() !== '');
			return value === undefined ? [] : [[name, value.trim()]];
		}),
	);
}
