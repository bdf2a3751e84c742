import type { ConversationCommand } from '../../domain/conversation/commands.ts';
import { frontendOf } from '../../domain/conversation/places.ts';
import type { Conversation } from '../../domain/conversation/state.ts';
import { type ConversationId, conversationStream } from '../../domain/ids.ts';
import type { PersonView } from '../../domain/person/person-view.ts';
import { quietUntil } from '../../domain/person/quiet-hours.ts';
import type { IFrontend } from '../../ports/frontend.ts';
import type { CommandHandler } from '../commands/handle-command.ts';

interface Places {
	readonly conversations: Pick<CommandHandler<Conversation, ConversationCommand, never>, 'state'>;
	readonly frontend: (name: string) => IFrontend | undefined;
}

/** Somebody who wrote this lately (ms) is awake and waits for what comes. */
const AWAKE_MS = 15 * 60_000;

/** asleepUntil is when a message may ring in a conversation again (ms since 1970); undefined where it may now. */
export async function asleepUntil(
	{ conversations, frontend }: Places,
	id: ConversationId,
	{ person, now }: { readonly person: PersonView | undefined; readonly now: number },
): Promise<number | undefined> {
	const quiet = person?.preferences.quiet;
	if (quiet === undefined || frontend(frontendOf(id))?.limits.push !== true) return undefined;
	const until = quietUntil(quiet, now);
	if (until === undefined) return undefined;
	const conversation = await conversations.state(conversationStream(id));
	return (conversation?.heardAt ?? 0) + AWAKE_MS > now ? undefined : until;
}
