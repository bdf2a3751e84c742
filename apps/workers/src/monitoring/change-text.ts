import { escapeMarkdown } from '../text/facts/source-marks.ts';
import type { Ignored } from './compare-pages.ts';
import type { PageChange } from './page-change.ts';

/** WatchedPage is a page as texts name it. */
export interface WatchedPage {
	readonly title: string;
	readonly url: string;
}

const MAX_TOLD = 8;

/** changedText tells what changed (Markdown): what a model made of it, where it did, then each change with its words. */
export function changedText(
	page: WatchedPage,
	changes: readonly PageChange[],
	summary: readonly string[] = [],
): string {
	const lines = changes.slice(0, MAX_TOLD).map(changeLine);
	const more = changes.length - lines.length;
	return [
		`${pageLink(page)} has changed.`,
		...(summary.length > 0 ? [summary.map(escapeMarkdown).join(' ')] : []),
		lines.join('\n'),
		...(more > 0 ? [`… and ${more} more ${more === 1 ? 'change' : 'changes'}.`] : []),
	].join('\n\n');
}

/** firstText says that a page is watched from now on. */
export function firstText(page: WatchedPage): string {
	return `${pageLink(page)} was read for the first time; from now on it is compared with this version.`;
}

/** sameText says that nothing changed, and how many differences were none. */
export function sameText(page: WatchedPage, ignored: Ignored): string {
	const noise = Object.entries(ignored).map(([what, count]) => `${WORDS[what] ?? what} (${count})`);
	const left = noise.length === 0 ? '' : ` What differs is none of it news: ${noise.join(', ')}.`;
	return `Nothing changed on ${pageLink(page)}.${left}`;
}

/** awayText says that the page could not be read, and what becomes of the version before. */
export function awayText(
	page: WatchedPage,
	away: { readonly why: string; readonly failures: number; readonly has: boolean },
): string {
	const { why, failures, has } = away;
	const times = failures === 1 ? '' : `, ${failures} times in a row now`;
	const kept = has
		? 'The version seen before is kept, and is what the next one is compared with.'
		: 'It was never read so far.';
	return `${pageLink(page)} could not be read${times}: ${escapeMarkdown(why)} ${kept}`;
}

/** pageLink names a page with its address; nothing in its title becomes markup. */
export function pageLink({ title, url }: WatchedPage): string {
	const address = url.replace(/[<>\s\\]/g, (sign) => encodeURIComponent(sign));
	return `[${escapeMarkdown(title.slice(0, 120) || url.slice(0, 120))}](<${address}>)`;
}

function changeLine({ kind, before = '', after = '' }: PageChange): string {
	const [old, now] = [escapeMarkdown(before), escapeMarkdown(after)];
	switch (kind) {
		case 'added':
			return `- New: “${now}”`;
		case 'removed':
			return `- Gone: “${old}”`;
		case 'changed':
			return `- “${old}” is now “${now}”`;
	}
}

const WORDS: Readonly<Record<string, string>> = {
	dates: 'dates and times',
	counters: 'counters',
	tokens: 'session marks',
	links: 'addresses',
	order: 'order',
	typography: 'typography',
	surroundings: 'surroundings',
	small: 'small changes',
};
