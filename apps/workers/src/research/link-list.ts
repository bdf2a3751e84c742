import type { Source } from '@errand/core/domain/capability.ts';
import { escapeMarkdown } from '../text/facts/source-marks.ts';

/** ListedLink is a page to name: `note` says more about it, in the page's own words or ours. */
export interface ListedLink {
	readonly title: string;
	readonly url: string;
	readonly note?: string | undefined;
}

/** linkList writes pages as a numbered Markdown list; nothing in titles or notes becomes markup. */
export function linkList(links: readonly ListedLink[]): string {
	return links.map((link, index) => `${index + 1}. ${linkLine(link)}`).join('\n');
}

function linkLine({ title, url, note = '' }: ListedLink): string {
	const address = url.replace(/[<>\s\\]/g, (sign) => encodeURIComponent(sign));
	return `[${escapeMarkdown(title)}](<${address}>)${note === '' ? '' : ` — ${escapeMarkdown(note)}`}`;
}

/** linkSources are the same pages as sources of an answer. */
export function linkSources(links: readonly ListedLink[]): Source[] {
	return links.map(({ title, url }) => ({ title, url }));
}
