import { CoreError } from '@errand/core/domain/errors.ts';
import { asConversationId, type ConversationId, type PersonId } from '@errand/core/domain/ids.ts';

/** defaultConversation is where a person's page opens when it names no other. */
export function defaultConversation(person: PersonId): ConversationId {
	return asConversationId(`web-${person}`);
}

/**
 * ownConversation turns a name into one of the person's own web conversations (`web-<person>` or `web-<person>-<suffix>`),
 * or throws `unknown-conversation`: another person's conversation looks the same as none.
 */
export function ownConversation(person: PersonId, name: string): ConversationId {
	const own = defaultConversation(person);
	if (name === own) return own;
	const suffix = name.startsWith(`${own}-`) ? name.slice(own.length + 1) : '';
	if (/^[\w-]{1,64}$/.test(suffix)) return asConversationId(name);
	throw new CoreError('unknown-conversation', `You have no web conversation "${name.slice(0, 100)}".`, {
		hint: `Use ${own}, or ${own}-<name> for another one.`,
	});
}
