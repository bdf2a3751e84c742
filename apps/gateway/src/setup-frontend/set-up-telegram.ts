import { cleanLine } from '@errand/frontends/terminal/clean-text.ts';
import { confirm } from '../setup/confirm.ts';
import type { EnvChanges } from '../setup/env-text.ts';
import { findTelegramOwner } from './find-telegram-owner.ts';
import { askPublicUrl } from './public-url.ts';
import { type ITelegramApi, telegramApi } from './telegram-api.ts';
import { askSecret, type Outcome, tryOut, untilItWorks, type Walk } from './walk.ts';

/** setUpTelegram leads from BotFather to a bot whose updates arrive. */
export async function setUpTelegram(walk: Walk): Promise<Outcome> {
	const { asker, known, signal } = walk;
	asker.say('');
	asker.say('Write /newbot to @BotFather (https://t.me/BotFather): it asks for a name and gives you a token.');
	const open = (token: string) => telegramApi(known['TELEGRAM_API_URL'], token, signal);
	const { value: token, found: bot } = await untilItWorks(walk, {
		what: 'Asking Telegram about it',
		ask: (before: string | undefined) =>
			askSecret(walk, { name: 'TELEGRAM_BOT_TOKEN', words: 'The bot’s token', before }),
		check: (token: string) => open(token).me(),
	});
	if (bot === undefined) return { changes: { TELEGRAM_BOT_TOKEN: token }, works: false, next: [] };

	asker.say(`  ✓ This is @${cleanLine(bot.username)}.`);
	if (!bot.joinsGroups) asker.say('    It cannot be added to groups; “/setjoingroups” at @BotFather changes that.');
	else if (!bot.hearsGroups) {
		asker.say('    In groups it hears commands, mentions and replies only (privacy mode), which is all Errand needs.');
		asker.say('    To have it hear everything: “/setprivacy” at @BotFather, then add it to the group anew.');
	}
	const api = open(token);
	const updates = await chooseUpdates(walk);
	const free = await clearWebhook(walk, { api, wanted: updates.address });
	const owner = await findTelegramOwner(walk, { api, bot, canAsk: free });
	return {
		changes: { TELEGRAM_BOT_TOKEN: token, ...updates.changes, ...owner },
		works: updates.works,
		next: [`Write to the bot: https://t.me/${bot.username}`],
	};
}

// https://core.telegram.org/bots/api#setwebhook
const PORTS = ['443', '80', '88', '8443'];

async function chooseUpdates(
	walk: Walk,
): Promise<{ readonly changes: EnvChanges; readonly works: boolean; readonly address: string }> {
	const { asker, typed, known } = walk;
	const present = known['TELEGRAM_WEBHOOK_SECRET'];
	const ways = [
		{ words: 'Errand fetches them (long polling), which needs no public address', value: 'polling' as const },
		{ words: 'Telegram calls Errand (webhook) at a public https address', value: 'webhook' as const },
	];
	const byDefault = present === undefined ? ways : ways.toReversed();
	const way =
		typed.updates ??
		(typed.yes
			? (byDefault[0]?.value ?? 'polling')
			: await asker.choose('How should messages come from Telegram?', byDefault));
	if (way === 'polling') return { changes: { TELEGRAM_WEBHOOK_SECRET: undefined }, works: true, address: '' };
	const { publicUrl, works } = await askPublicUrl(walk, {
		ports: PORTS,
		standIn: known['TELEGRAM_API_URL'] !== undefined,
	});
	const changes = { TELEGRAM_WEBHOOK_SECRET: present ?? walk.secret(), ERRAND_PUBLIC_URL: publicUrl };
	return { changes, works, address: `${publicUrl}/telegram/webhook` };
}

/** Says where updates go now; true when they may be fetched. */
async function clearWebhook(walk: Walk, { api, wanted }: { api: ITelegramApi; wanted: string }): Promise<boolean> {
	const { asker, typed } = walk;
	const now = await tryOut(walk, 'Asking where its messages go', () => api.webhook());
	if (now === undefined || now.url === '') return now !== undefined;
	const error = now.error === undefined ? '' : `, which fails: ${cleanLine(now.error)}`;
	if (now.url === wanted) {
		asker.say(`  ✓ They go to Errand already${error}.`);
		return false;
	}
	asker.say(`  ! They go to another address: ${cleanLine(now.url)}${error}.`);
	asker.say('    Whatever uses this bot there stops hearing of it when Errand starts.');
	if (typed.yes || !(await confirm(asker, 'Take that address away now?', true))) return false;
	return (await tryOut(walk, 'Taking it away', () => api.removeWebhook())) ?? false;
}
