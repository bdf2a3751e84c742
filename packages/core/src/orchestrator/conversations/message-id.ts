import { createHash } from 'node:crypto';
import { asMessageId, type MessageId } from '../../domain/ids.ts';
import type { InboundMessage } from '../../ports/frontend.ts';

/** messageIdOf follows from what makes a message unique, so that the same one has the same id however often it comes. */
export function messageIdOf({
	frontend,
	conversation,
	platformMessageId,
}: Pick<InboundMessage, 'frontend' | 'conversation' | 'platformMessageId'>): MessageId {
	const hash = createHash('sha256')
		.update(JSON.stringify([frontend, conversation, platformMessageId]))
		.digest('hex');
	return asMessageId(`m${hash.slice(0, 24)}`);
}
