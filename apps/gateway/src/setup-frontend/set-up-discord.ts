import { cleanLine } from '@errand/frontends/terminal/clean-text.ts';
import { confirm } from '../setup/confirm.ts';
import { type DiscordBot, discordVendor, readDiscordBot } from './discord-api.ts';
import { INVITE_PERMISSIONS, inviteLink } from './discord-invite.ts';
import { chooseOwner } from './owners.ts';
import { askPublicUrl } from './public-url.ts';
import { askSecret, type Outcome, untilItWorks, type Walk } from './walk.ts';

const PORTAL = 'https://discord.com/developers/applications';

/** setUpDiscord leads from an application in the developer portal to a bot that hears and may write. */
export async function setUpDiscord(walk: Walk): Promise<Outcome> {
	const { asker, known, signal } = walk;
	asker.say('');
	asker.say(`A bot belongs to an application: ${PORTAL}, “New Application”. Its token is shown once under`);
	asker.say('“Bot”, “Reset Token”.');
	const vendor = discordVendor(known['DISCORD_API_URL']);
	const read = (token: string) => readDiscordBot(vendor, token, signal);
	const { value: token, found: bot } = await untilItWorks(walk, {
		what: 'Asking Discord about it',
		ask: (before) => askSecret(walk, { name: 'DISCORD_TOKEN', words: 'The bot’s token', before }),
		check: read,
	});
	if (bot === undefined) return { changes: { DISCORD_TOKEN: token }, works: false, next: [] };

	const name = cleanLine(bot.name);
	asker.say(`  ✓ This is the bot “${name}”${serverWords(bot.servers)}.`);
	const hears = await insistOnMessages(walk, bot, () => read(token));
	if (bot.public) {
		asker.say(
			`  Anybody may invite “${name}”, though only people you let in are answered. To be the only one, switch off`,
		);
		asker.say(`  “Public Bot” at ${PORTAL}/${bot.applicationId}/bot`);
	}
	const calls = await chooseInteractions(walk, bot);
	const owner = await chooseOwner(walk, {
		frontend: 'discord',
		explain: [
			'Errand answers you without letting you in first when it knows your account. Your user id: in Discord’s settings,',
			'“Advanced”, switch on “Developer Mode”; then right-click your own name, “Copy User ID”.',
			...(bot.owner === undefined ? [] : [`The application belongs to ${cleanLine(bot.owner.name)}, ${bot.owner.id}.`]),
		],
		words: 'Your user id',
		suggestion: bot.owner?.id,
		read: (text) => (/^\d{15,22}$/.test(text) ? text : undefined),
		wrong: 'A user id is a number of 17 to 20 digits.',
	});
	return {
		changes: { DISCORD_TOKEN: token, ...calls.changes, ...owner },
		works: hears && calls.works,
		next: [
			`Invite the bot to a server: ${inviteLink(bot.applicationId)}`,
			`(slash commands, and: ${INVITE_PERMISSIONS.join(', ')})`,
			...calls.next,
		],
	};
}

/** Without this switch a bot reads only what is written to it alone or mentions it. */
async function insistOnMessages(walk: Walk, bot: DiscordBot, read: () => Promise<DiscordBot>): Promise<boolean> {
	const { asker, typed } = walk;
	for (let on = bot.readsMessages; !on; ) {
		asker.say('  ✗ The bot is not given the words of messages: its Message Content Intent is off.');
		asker.say('    Without it, it reads direct messages and mentions, and nothing else in channels and threads.');
		asker.say(`    Open ${PORTAL}/${bot.applicationId}/bot, switch on “Message Content Intent” under`);
		asker.say('    “Privileged Gateway Intents”, and save.');
		if (typed.yes) return false;
		const answer = await asker.ask('Press Enter once it is on, or type “skip”:');
		if (/^s(?:kip)?$/i.test(answer)) return false;
		on = (await read()).readsMessages;
	}
	asker.say('  ✓ It is given the words of messages.');
	return true;
}

async function chooseInteractions(walk: Walk, bot: DiscordBot): Promise<Outcome> {
	const { asker, typed, known } = walk;
	const present = known['DISCORD_PUBLIC_KEY'] !== undefined;
	const wanted =
		typed.interactions ||
		(typed.yes
			? present
			: await confirm(asker, 'Should commands and buttons come as calls to a public address? Most need not.', present));
	if (!wanted) {
		if (bot.interactionsUrl !== '') {
			asker.say(`  ! They go to ${cleanLine(bot.interactionsUrl)} now. Clear “Interactions Endpoint URL” at`);
			asker.say(`    ${PORTAL}/${bot.applicationId}/information, or none of them arrives.`);
		}
		return { changes: { DISCORD_PUBLIC_KEY: undefined }, works: true, next: [] };
	}
	const { publicUrl, works } = await askPublicUrl(walk, { standIn: known['DISCORD_API_URL'] !== undefined });
	return {
		changes: { DISCORD_PUBLIC_KEY: bot.publicKey, ERRAND_PUBLIC_URL: publicUrl },
		works,
		next: [
			`Once Errand runs, enter ${publicUrl}/discord/interactions as “Interactions Endpoint URL” at`,
			`${PORTAL}/${bot.applicationId}/information (Discord tries it when you save).`,
		],
	};
}

function serverWords(servers: number | undefined): string {
	if (servers === undefined) return '';
	return servers === 0 ? ', in no server yet' : `, in ${servers} ${servers === 1 ? 'server' : 'servers'}`;
}
