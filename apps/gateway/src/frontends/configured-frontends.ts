import type { PersonId, TaskId } from '@errand/core/domain/ids.ts';
import type { IArtifactStore } from '@errand/core/ports/artifact-store.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { INote } from '@errand/core/ports/note.ts';
import { INTERACTIONS_PATH } from '@errand/frontends/discord/webhook-paths.ts';
import { twilioAccount } from '@errand/frontends/sms/variables.ts';
import { SMS_PATH, STATUS_PATH } from '@errand/frontends/sms/webhook-paths.ts';
import { WEBHOOK_PATH } from '@errand/frontends/telegram/webhook-paths.ts';
import type { Config } from '../config.ts';
import type { ConfiguredFrontend } from './frontend-supervisor.ts';

interface Dependencies {
	readonly config: Config;
	readonly artifacts: IArtifactStore;
	/** A signed page that shows a task to whoever has the link. */
	readonly linkTo: (task: TaskId, person: PersonId | undefined) => string | undefined;
	/** A short text kept by name. */
	readonly note: (name: string) => INote;
	readonly clock: IClock;
	readonly log: ILogger;
}

/** configuredFrontends are the chat platforms that the environment names; their libraries are loaded when they are opened. */
export function configuredFrontends({ config, linkTo, note, ...shared }: Dependencies): ConfiguredFrontend[] {
	const { publicUrl } = config;
	const memory = (name: string) => note(`frontends/${name}`);
	const found: ConfiguredFrontend[] = [];

	const { DISCORD_TOKEN, ...discord } = config.discord;
	if (DISCORD_TOKEN !== undefined) {
		found.push({
			name: 'discord',
			// Discord sends everything to every connection of a bot.
			single: true,
			webhooks: discord.DISCORD_PUBLIC_KEY === undefined ? [] : [INTERACTIONS_PATH],
			open: async () => {
				const { DiscordFrontend } = await import('@errand/frontends/discord/discord-frontend.ts');
				const variables = { ...discord, DISCORD_TOKEN };
				return new DiscordFrontend({ ...shared, variables, publicUrl, memory: memory('discord') });
			},
		});
	}
	const { TELEGRAM_BOT_TOKEN, ...telegram } = config.telegram;
	if (TELEGRAM_BOT_TOKEN !== undefined) {
		const polls = telegram.TELEGRAM_WEBHOOK_SECRET === undefined || publicUrl === undefined;
		found.push({
			name: 'telegram',
			// Telegram refuses a second poller; what it calls by itself may arrive anywhere.
			single: polls,
			webhooks: polls ? [] : [WEBHOOK_PATH],
			open: async () => {
				const { TelegramFrontend } = await import('@errand/frontends/telegram/telegram-frontend.ts');
				const variables = { ...telegram, TELEGRAM_BOT_TOKEN };
				const { owners } = config;
				return new TelegramFrontend({ ...shared, variables, publicUrl, owners, memory: memory('telegram') });
			},
		});
	}
	const account = twilioAccount(config.twilio);
	if (account !== undefined) {
		found.push({
			name: 'sms',
			single: false,
			webhooks: [SMS_PATH, STATUS_PATH],
			open: async () => {
				const { SmsFrontend } = await import('@errand/frontends/sms/sms-frontend.ts');
				return new SmsFrontend({ ...shared, account, publicUrl, linkTo, memory: memory('sms') });
			},
		});
	}
	return found;
}
