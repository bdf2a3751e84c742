import type { Document } from '@errand/core/domain/document.ts';
import { dayOf } from '../text/writing/name-source.ts';

const YEAR_MS = 365 * 86_400_000;
const OLD_MS = 2 * YEAR_MS;

/**
 * whyOutdated says why a page may no longer hold: it says so itself, or it is years older than the newest of the others. The
 * day of today plays no part, so that the same pages always give the same.
 */
export function whyOutdated(document: Document, all: readonly Document[]): string | undefined {
	const start = document.markdown.slice(0, 3_000);
	if (SAYS_SO.test(start) || TITLE_SAYS_SO.test(document.title)) return 'says itself that it is out of date';
	const own = timeOf(document);
	const newest = Math.max(...all.map((other) => timeOf(other) ?? Number.NEGATIVE_INFINITY));
	if (own === undefined || newest - own < OLD_MS) return undefined;
	const day = dayOf(document);
	return `is from ${day ?? document.date}, ${Math.floor((newest - own) / YEAR_MS)} years before the newest page`;
}

const PAGE = '(?:page|document|article|report|briefing|version|guidance|publication|draft|text|information|content)';
const SAYS_SO = new RegExp(
	`\\bthis ${PAGE} (?:is|was|has been|is now|has now been) (?:archived|superseded|outdated|out of date|obsolete|withdrawn|replaced|no longer (?:current|valid|maintained|updated|in force))|\\b(?:archived|historical|superseded|outdated) ${PAGE}\\b|\\bkept (?:here )?for (?:historical|archive) (?:reference|purposes)`,
	'i',
);
const TITLE_SAYS_SO =
	/^\W*(?:\[?(?:archived?|outdated|superseded|withdrawn)\]?)\s*[:–—-]|[[(](?:archived?|outdated|superseded|withdrawn)[\])]/i;

function timeOf({ date }: Document): number | undefined {
	const time = Date.parse(date ?? '');
	return Number.isNaN(time) ? undefined : time;
}
