import { CHAT_COMMANDS } from '@errand/core/domain/conversation/chat-command.ts';
import type { KnownChannel } from './channel-directory.ts';
import type { DiscordPlace } from './places.ts';
import { isChatCommand } from './slash-commands.ts';

/** CommandPlace is the conversation that a slash command belongs to, and who sees its answer. */
export type CommandPlace =
	/** The command starts a conversation of its own, under the message that answers it. */
	| { readonly kind: 'begins'; readonly channel: string }
	| { readonly kind: 'in'; readonly place: DiscordPlace; readonly ephemeral: boolean };

/**
 * commandPlace says where a command belongs. A goal given in a channel is for all to see; in a thread what concerns tasks
 * belongs to the thread; everything else is between the person and the bot, wherever it was typed.
 */
export function commandPlace(
	name: string,
	{ user, channel, found }: { user: string; channel: string; found: KnownChannel | undefined },
): CommandPlace {
	const home: DiscordPlace = { kind: 'dm', user };
	if (found?.kind === 'dm') return { kind: 'in', place: home, ephemeral: false };
	if (found?.kind === 'thread' && concernsTask(name)) {
		const place: DiscordPlace = { kind: 'shared', channel: found.parent, root: channel, user };
		return { kind: 'in', place, ephemeral: name !== 'new' };
	}
	if (found?.kind === 'channel' && name === 'new') return { kind: 'begins', channel };
	return { kind: 'in', place: home, ephemeral: true };
}

function concernsTask(name: string): boolean {
	if (!isChatCommand(name)) return false;
	const { parameters } = CHAT_COMMANDS[name];
	return name === 'new' || parameters.some(({ kind }) => kind === 'task' || kind === 'question');
}
