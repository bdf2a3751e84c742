import type { Source } from '../capability.ts';

const MAX_SOURCES = 30;

/**
 * sourceLines names the sources of an answer as a Markdown list. Where the text cites by number, numbers stay as they are;
 * else each place is named once. `fileAddress` says where a file can be had, if it can.
 */
export function sourceLines(
	sources: readonly Source[],
	{ text, fileAddress }: { readonly text: string; readonly fileAddress?: (artifact: string) => string },
): string[] {
	const isCited = /\[\d{1,3}\]/.test(text);
	const lines = sources.slice(0, MAX_SOURCES).flatMap(({ title, url, artifact }, index) => {
		const place = url ?? (artifact === undefined ? undefined : fileAddress?.(artifact));
		if (place === undefined && !isCited) return [];
		const named = place === undefined ? linkLabel(title) : `[${linkLabel(title)}](${target(place)})`;
		return [isCited ? `${index + 1}. ${named}` : `- ${named}`];
	});
	return [...new Set(lines)];
}

/** linkLabel is a name as it may stand between the brackets of a link. */
export function linkLabel(text: string): string {
	return text.replace(/\s+/g, ' ').trim().replace(/[[\]]/g, '').slice(0, 200) || 'untitled';
}

/** Nothing in an address may end the link it stands in. */
function target(address: string): string {
	return address.replace(/[()\s<>]/g, (sign) => `%${sign.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
