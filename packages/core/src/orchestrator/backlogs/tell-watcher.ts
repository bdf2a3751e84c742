import type { Notice } from '../../domain/backlog/state.ts';
import type { ConversationCommand } from '../../domain/conversation/commands.ts';
import { homeOf } from '../../domain/conversation/places.ts';
import type { Conversation } from '../../domain/conversation/state.ts';
import { asConversationId, asReplyId, type ConversationId, conversationStream } from '../../domain/ids.ts';
import type { PersonView } from '../../domain/person/person-view.ts';
import type { IClock } from '../../ports/clock.ts';
import type { IFrontend } from '../../ports/frontend.ts';
import type { CommandHandler } from '../commands/handle-command.ts';
import { asleepUntil } from '../conversations/asleep-until.ts';
import { replyKey } from '../conversations/reply-delivery.ts';
import type { IPeopleDesk } from '../desks/people.ts';

interface Dependencies {
	readonly conversations: Pick<CommandHandler<Conversation, ConversationCommand, never>, 'handle' | 'state'>;
	readonly people: Pick<IPeopleDesk, 'view'>;
	readonly frontend: (name: string) => IFrontend | undefined;
	readonly clock: IClock;
}

/**
 * tellWatcher tells somebody what changed in a backlog they watch: where they said so, else where they want answers, else on the
 * page. Resolves once it is durable; a second time for the same notice says nothing.
 */
export async function tellWatcher(
	deps: Dependencies,
	{ id, person, conversation, text }: Pick<Notice, 'id' | 'person' | 'conversation' | 'text'>,
): Promise<void> {
	const view = await deps.people.view(person);
	if (view === undefined) return;
	const place = conversation === undefined ? usualPlace(view) : asConversationId(conversation);
	const at = deps.clock.now();
	const until = await asleepUntil(deps, place, { person: view, now: at });
	const reply = { id: asReplyId(`backlog-${id}`), kind: 'notice', text, to: person } as const;
	const command = { type: 'RecordReply', at, reply, ...(until === undefined ? {} : { notBefore: until }) } as const;
	await deps.conversations.handle(conversationStream(place), command, replyKey(place, reply));
}

function usualPlace({ id, identities, preferences }: PersonView): ConversationId {
	const frontend = preferences.notify.answers;
	const account = identities.find(({ identity }) => identity.startsWith(`${frontend}:`))?.identity;
	return (account === undefined ? undefined : homeOf(account)) ?? asConversationId(`web-${id}`);
}
