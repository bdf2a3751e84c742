import { CoreError } from '@errand/core/domain/errors.ts';
import { asConversationId, type ConversationId } from '@errand/core/domain/ids.ts';
import type { Principal } from '@errand/core/orchestrator/desks/desk.ts';
import type { HttpServices } from './services.ts';

/** ownConversation is the conversation that somebody names, if it is theirs: nobody has things told where somebody else reads. */
export async function ownConversation(
	{ conversations }: Pick<HttpServices, 'conversations'>,
	who: Principal,
	wanted: string | undefined,
): Promise<ConversationId | undefined> {
	if (wanted === undefined) return undefined;
	const conversation = asConversationId(wanted);
	if (wanted === `web-${who.person}`) return conversation;
	// Refuses one that is not theirs; one on the web that nobody has begun yet may become anybody's.
	const isWeb = wanted.startsWith('web-');
	const { entries } = await conversations.entries(who, conversation, isWeb ? 0 : Number.MAX_SAFE_INTEGER);
	if (!isWeb || entries.length > 0) return conversation;
	throw new CoreError('unknown-conversation', `You have no conversation "${wanted}".`, {
		hint: `Use web-${who.person}, or one in which you have written.`,
	});
}
