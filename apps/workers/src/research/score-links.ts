import type { Document } from '@errand/core/domain/document.ts';
import { type LinkCandidate, SAYS_NOTHING } from './link-candidates.ts';
import { nextPageOf } from './next-page.ts';
import { readTopic, type Topic } from './topic.ts';
import { isOrdered, isSameHost, whyUseless } from './useless-links.ts';

/** ScoredLink is a candidate with how well it promises to tell something on the topic (0 to 1), and why. */
export interface ScoredLink {
	readonly candidate: LinkCandidate;
	readonly score: number;
	readonly title: string;
	readonly why: string;
	/** Whether the page it stands on is about the topic. */
	readonly fromTopic: boolean;
}

/** WORTH_FOLLOWING is the least score with which a link is followed by rules. */
export const WORTH_FOLLOWING = 0.3;

/** scoreLinks drops what is useless and scores the rest, the best first. */
export function scoreLinks(candidates: readonly LinkCandidate[], topic: Topic): ScoredLink[] {
	const pages = new Map<Document, Page>();
	const pageOf = (document: Document): Page => {
		const known = pages.get(document) ?? readPage(document, topic);
		pages.set(document, known);
		return known;
	};
	return candidates
		.flatMap((candidate) => scored(candidate, topic, pageOf(candidate.from)) ?? [])
		.sort((one, other) => other.score - one.score)
		.slice(0, MOST)
		.filter(({ candidate }) => !isOrdered(candidate));
}

/** More than anybody chooses from. */
const MOST = 300;

interface Page {
	/** How much the page is about the topic, 0 to 1. */
	readonly on: number;
	/** What the page itself is about besides the topic: links that speak of it tell more. */
	readonly subject: Topic;
}

const START = 20_000;

function readPage(document: Document, topic: Topic): Page {
	const title = topic.cover(document.title);
	const body = topic.cover(document.markdown.slice(0, START));
	return { on: Math.max(title, 0.7 * body), subject: readTopic(document.title, topic) };
}

function scored(candidate: LinkCandidate, topic: Topic, page: Page): ScoredLink | undefined {
	const { url, anchor, line, heading, from } = candidate;
	const address = new URL(url);
	const path = wordsOf(address);
	const said = SAYS_NOTHING.test(anchor) ? '' : anchor;
	const own = Math.max(topic.cover(said), 0.9 * topic.cover(path));
	const nextPage = nextPageOf(candidate);
	if (nextPage !== undefined) {
		if (page.on < 0.5) return undefined;
		return {
			fromTopic: true,
			candidate,
			score: 0.45,
			title: `${from.title}, page ${nextPage}`,
			why: `goes on with “${short(from.title)}”`,
		};
	}
	if (whyUseless(candidate, own >= 0.5) !== undefined) return undefined;
	const around = topic.cover(line);
	const above = topic.cover(heading);
	// One word in common, such as "session", is chance.
	const subject =
		page.subject.size < 2 ? 0 : Math.max(page.subject.cover(`${said} ${path}`), 0.7 * page.subject.cover(line));
	const score =
		(0.55 * own + 0.2 * around + 0.2 * above + 0.15 * page.on + 0.45 * page.on * subject) *
		// A menu or a box says less about where a link leads than a text does.
		(line === '' ? 0.55 : 1) *
		(isSameHost(address, from.url) ? 1 : 0.95);
	const title = said || linkName(line) || path || address.host;
	return {
		candidate,
		fromTopic: page.on >= 0.5,
		score: Math.min(1, score),
		title: short(title),
		why: reason({ own, around, above, subject }, candidate),
	};
}

function reason(
	{ own, around, above, subject }: { own: number; around: number; above: number; subject: number },
	{ heading, from }: LinkCandidate,
): string {
	if (own >= 0.5) return 'its words are about the topic';
	if (around >= 0.5) return 'stands in a sentence about the topic';
	if (above >= 0.5) return `listed under “${short(heading)}”`;
	return subject >= 0.5 ? `tells more about “${short(from.title)}”` : `linked from “${short(from.title)}”`;
}

/** The words of an address: `/bills/clean-air_2026.html` says clean, air and 2026. */
function wordsOf({ pathname }: URL): string {
	let path = pathname;
	try {
		path = decodeURIComponent(pathname);
	} catch {
		// An address may hold any percent signs.
	}
	return path
		.replace(/\.\w{2,5}$/, '')
		.replace(/[^\p{L}\p{N}]+/gu, ' ')
		.trim();
}

function linkName(line: string): string {
	return line.replace(/^[\s#>*+-]+|[*_`[\]]/g, '').trim();
}

function short(text: string): string {
	const even = text.replace(/\s+/g, ' ').trim();
	return even.length <= 120 ? even : `${even.slice(0, 119).trimEnd()}…`.toWellFormed();
}
