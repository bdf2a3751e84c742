import type { Message } from '@a2a-js/sdk';
import type { InboundAttachment } from '@errand/core/ports/frontend.ts';
import { malformed } from './a2a-error.ts';

/** ReadMessage is what a client said: its words, and its files. */
export interface ReadMessage {
	readonly id: string;
	readonly text: string;
	readonly attachments: readonly InboundAttachment[];
	/** Which question it answers, where it says so. */
	readonly questionId?: string | undefined;
}

const MAX_PARTS = 50;
const MAX_ID = 200;

/** readMessage reads a message of A2A, or throws why it cannot be read. */
export function readMessage(message: Message | undefined): ReadMessage {
	if (message === undefined) throw malformed('There is no message.');
	const { messageId: id, parts, metadata, role } = message;
	if (id === '' || id.length > MAX_ID) {
		throw malformed(`A message needs a messageId of at most ${MAX_ID} characters: it makes sending twice safe.`);
	}
	if (role !== 1) throw malformed('Messages sent here have the role ROLE_USER.');
	if (parts.length === 0 || parts.length > MAX_PARTS) throw malformed(`A message has 1 to ${MAX_PARTS} parts.`);
	const texts: string[] = [];
	const attachments: InboundAttachment[] = [];
	for (const { content, filename, mediaType } of parts) {
		if (content?.$case === 'text') texts.push(content.value);
		else if (content?.$case === 'data') texts.push(JSON.stringify(content.value, undefined, '\t'));
		else if (content?.$case === 'url') attachments.push({ kind: 'url', url: content.value });
		else if (content?.$case === 'raw') {
			const name = filename === '' ? `file-${attachments.length + 1}` : filename;
			const type = mediaType === '' ? 'application/octet-stream' : mediaType;
			attachments.push({ kind: 'bytes', name, type, content: content.value });
		} else throw malformed('A part holds one of text, raw, url and data.');
	}
	const asked: unknown = metadata?.['questionId'];
	return {
		...{ id, text: texts.join('\n\n').trim(), attachments },
		...(typeof asked === 'string' ? { questionId: asked } : {}),
	};
}
