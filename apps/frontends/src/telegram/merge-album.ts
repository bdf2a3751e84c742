import type { IncomingMessage } from './parse-update.ts';

/** mergeAlbum makes one message of an album's: all files, all captions, known by the id of its first. */
export function mergeAlbum(messages: readonly IncomingMessage[]): IncomingMessage | undefined {
	const [first, ...others] = messages.toSorted((a, b) => a.messageId - b.messageId);
	if (first === undefined) return undefined;
	const all = [first, ...others];
	return {
		...first,
		text: all.flatMap(({ text }) => (text === '' ? [] : [text])).join('\n'),
		files: all.flatMap(({ files }) => files),
	};
}
