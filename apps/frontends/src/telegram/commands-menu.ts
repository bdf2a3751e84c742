import { CHAT_COMMANDS } from '@errand/core/domain/conversation/chat-command.ts';
import type { Api } from 'grammy';
import type { BotCommand } from 'grammy/types';

/** showCommands puts the commands into the menu beside the text field, when what stands there is something else. */
export async function showCommands(api: Api): Promise<'changed' | 'unchanged'> {
	const wanted = Object.entries(CHAT_COMMANDS).map(
		([command, { does }]): BotCommand => ({ command, description: does.slice(0, 256) }),
	);
	const shown = await api.getMyCommands();
	if (isSame(wanted, shown)) return 'unchanged';
	await api.setMyCommands(wanted);
	return 'changed';
}

function isSame(wanted: readonly BotCommand[], shown: readonly BotCommand[]): boolean {
	const lines = (commands: readonly BotCommand[]) =>
		commands.map(({ command, description }) => `${command} ${description}`).join('\n');
	return lines(wanted) === lines(shown);
}
