import type { InboundAttachment } from '@errand/core/ports/frontend.ts';
import type { Said } from './said.ts';

/** FOUND is where a goal's words come from when a chat program mixed what it found with them. */
const FOUND = 'app:found-context';

/** Told is what the person said, apart from what their chat program found; `origins` are there where the two cannot be told apart. */
export interface Told {
	readonly said: Said;
	readonly origins?: readonly string[] | undefined;
}

/**
 * withoutFoundContext takes apart what Open WebUI sends when it searches the web or files itself: it writes what it found between
 * `<context>` tags into the person's own message. That becomes a file, so that pages of strangers do not pass for the person's
 * words. The last closing tag counts: what was found may hold one of its own.
 */
export function withoutFoundContext(said: Said): Told {
	const { text, attachments } = said;
	const open = text.indexOf('<context>');
	const close = text.lastIndexOf('</context>');
	if (!/^\s*### Task:\s/.test(text.slice(0, 200)) || open === -1 || close < open) return { said };
	const words = text
		.slice(close + '</context>'.length)
		.replace(/<\/?user_query>/g, '')
		.trim();
	if (words === '') return { said, origins: [FOUND] };
	const content = Buffer.from(text.slice(open + '<context>'.length, close).trim());
	const found: InboundAttachment = { kind: 'bytes', name: 'context.md', type: 'text/markdown', content };
	return { said: { ...said, text: words, attachments: [...attachments, found] } };
}
