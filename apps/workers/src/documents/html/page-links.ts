import type { Document } from '@errand/core/domain/document.ts';
import { oneLine } from '../clean-text.ts';
import { DOCUMENT_LIMITS } from '../parsed-document.ts';

/** pageLinks makes links absolute, drops what is not http(s) or leads nowhere else, and keeps the first of each address. */
export function pageLinks(
	found: Iterable<{ href: string; text: string }>,
	base: string | undefined,
): Document['links'] {
	const links = new Map<string, string>();
	for (const { href, text } of found) {
		if (href.startsWith('#') || href.length > 2_000 || !URL.canParse(href, base)) continue;
		const url = new URL(href, base);
		if (url.protocol !== 'http:' && url.protocol !== 'https:') continue;
		const known = links.get(url.href);
		if (known === undefined && links.size >= DOCUMENT_LIMITS.links) break;
		if (!known) links.set(url.href, oneLine(text).slice(0, 200));
	}
	return [...links].map(([url, text]) => ({ text, url }));
}
