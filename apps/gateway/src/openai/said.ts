import type { InboundAttachment } from '@errand/core/ports/frontend.ts';

/** Said is one message of a conversation that a client keeps, in the form both OpenAI APIs come down to. */
export interface Said {
	readonly role: 'system' | 'user' | 'assistant';
	readonly text: string;
	readonly attachments: readonly InboundAttachment[];
}
