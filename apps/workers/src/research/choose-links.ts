import { addressKey } from '@errand/core/domain/address-key.ts';
import type { Document } from '@errand/core/domain/document.ts';
import { linkCandidates } from './link-candidates.ts';
import { type ScoredLink, scoreLinks, WORTH_FOLLOWING } from './score-links.ts';
import { readTopic } from './topic.ts';
import { isSameHost } from './useless-links.ts';

/** LinkRequest says what links are wanted for. */
export interface LinkRequest {
	readonly documents: readonly Document[];
	readonly topic: string;
	readonly maxLinks: number;
	/** Addresses that need no reading any more. */
	readonly seen: readonly string[];
	/** Only links within the site of their page. */
	readonly sameSite: boolean;
}

/** possibleLinks are the links that could be followed at all, the most promising first. */
export function possibleLinks({ documents, topic, seen, sameSite }: Omit<LinkRequest, 'maxLinks'>): ScoredLink[] {
	const known = new Set([...seen, ...documents.map(({ url }) => url ?? '')].map(addressKey));
	const fresh = linkCandidates(documents).filter(({ key, url, from }) => {
		return !known.has(key) && (!sameSite || isSameHost(new URL(url), from.url));
	});
	return scoreLinks(fresh, readTopic(topic));
}

/**
 * linksByRules takes of them what is worth following by rules. Of pages that do not speak of the topic at all, such as a bare
 * list of links that somebody named to start from, the first few links of their text are tried.
 */
export function linksByRules(possible: readonly ScoredLink[], maxLinks: number): ScoredLink[] {
	const worth = possible.filter(({ score }) => score >= WORTH_FOLLOWING);
	if (worth.length > 0 || possible.some(({ fromTopic }) => fromTopic)) return worth.slice(0, maxLinks);
	return possible.filter(({ candidate }) => candidate.line !== '').slice(0, Math.min(TRIED, maxLinks));
}

const TRIED = 5;
