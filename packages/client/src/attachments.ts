/** Attachment is what comes along with a goal or a message: a file, or an address to read. */
export type Attachment =
	| { readonly name: string; readonly type?: string; readonly content: Uint8Array | string }
	| { readonly url: string };

/** wireAttachment writes an attachment as the server takes it. */
export function wireAttachment(attachment: Attachment) {
	if ('url' in attachment) return { url: attachment.url };
	const { name, content, type = typeof content === 'string' ? 'text/plain' : 'application/octet-stream' } = attachment;
	const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
	return { name, type, base64: base64Of(bytes) };
}

// btoa is everywhere, but takes a string with a letter per byte, and too many arguments at once break the stack.
function base64Of(bytes: Uint8Array): string {
	const pieces: string[] = [];
	for (let at = 0; at < bytes.length; at += 0x80_00) {
		pieces.push(String.fromCharCode(...bytes.subarray(at, at + 0x80_00)));
	}
	return btoa(pieces.join(''));
}
