import { CHAT_COMMANDS, type ChatCommandName } from '@errand/core/domain/conversation/chat-command.ts';
import type { Api } from 'grammy';
import type { BotCommand, BotCommandScope } from 'grammy/types';

type Outcome = 'changed' | 'unchanged';

const EVERYBODY: BotCommandScope = { type: 'default' };

/**
 * showCommands puts the commands into the menu beside the text field, when what stands there is something else: those of the
 * owner where the owner writes privately, all others everywhere.
 */
export async function showCommands(api: Api, owners: readonly number[]): Promise<Outcome> {
	const outcomes = [await show(api, commandsFor({ owner: false }), EVERYBODY)];
	for (const chat_id of owners) {
		const shown = show(api, commandsFor({ owner: true }), { type: 'chat', chat_id });
		// Telegram knows no chat with somebody who has not written yet; what everybody sees is there until the next start.
		outcomes.push(await shown.catch((): Outcome => 'unchanged'));
	}
	return outcomes.includes('changed') ? 'changed' : 'unchanged';
}

async function show(api: Api, wanted: readonly BotCommand[], scope: BotCommandScope): Promise<Outcome> {
	const shown = await api.getMyCommands({ scope });
	if (isSame(wanted, shown)) return 'unchanged';
	await api.setMyCommands(wanted, { scope });
	return 'changed';
}

function commandsFor({ owner }: { readonly owner: boolean }): BotCommand[] {
	return (Object.keys(CHAT_COMMANDS) as ChatCommandName[])
		.filter((name) => owner || !('ownerOnly' in CHAT_COMMANDS[name]))
		.map((command) => ({ command, description: CHAT_COMMANDS[command].does.slice(0, 256) }));
}

function isSame(wanted: readonly BotCommand[], shown: readonly BotCommand[]): boolean {
	const lines = (commands: readonly BotCommand[]) =>
		commands.map(({ command, description }) => `${command} ${description}`).join('\n');
	return lines(wanted) === lines(shown);
}
