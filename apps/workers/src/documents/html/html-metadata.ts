import { oneLine } from '../clean-text.ts';
import { isoDate } from '../iso-date.ts';
import type { HtmlHead } from './html-head.ts';

/** titleOf chooses the page's title; a trailing site name is dropped where the first heading agrees with what is left. */
export function titleOf(head: HtmlHead, heading: string | undefined): string | undefined {
	const { title, site } = splitTitle(head, heading);
	return (site === undefined ? title : title?.split(SITE_BREAK)[0])?.slice(0, 500);
}

/** publisherOf is the site's name as the page gives it: in its meta tags, else behind the title. */
export function publisherOf(head: HtmlHead, heading: string | undefined): string | undefined {
	const named = oneLine(head.meta.get('og:site_name') ?? head.meta.get('application-name') ?? '');
	return (named === '' ? splitTitle(head, heading).site : named)?.slice(0, 200);
}

const SITE_BREAK = /\s+[|·»–—-]\s+/;

function splitTitle(
	head: HtmlHead,
	heading: string | undefined,
): { title: string | undefined; site: string | undefined } {
	const said = [head.meta.get('og:title'), head.title, head.meta.get('twitter:title'), heading];
	const title = said.map((text) => oneLine(text ?? '')).find((text) => text !== '');
	const parts = title?.split(SITE_BREAK) ?? [];
	const same = parts.length > 1 && heading !== undefined && oneLine(heading) === parts[0];
	return { title, site: same ? parts.at(-1) : undefined };
}

/** dateOf is the date a page gives for itself: from its meta tags, its JSON-LD, its marked times, then the first time in it. */
export function dateOf(head: HtmlHead): string | undefined {
	const candidates = [
		...META_DATES.map((name) => head.meta.get(name)),
		...head.jsonLd.flatMap(jsonLdDates),
		...head.times,
	];
	for (const candidate of candidates) {
		const date = isoDate(candidate);
		if (date !== undefined) return date;
	}
	return undefined;
}

const META_DATES = [
	'article:modified_time',
	'og:updated_time',
	'datemodified',
	'last-modified',
	'dcterms.modified',
	'article:published_time',
	'og:article:published_time',
	'datepublished',
	'date',
	'dc.date',
	'dcterms.date',
	'dc.date.issued',
	'dcterms.created',
	'pubdate',
	'publish-date',
	'sailthru.date',
	'parsely-pub-date',
	'citation_publication_date',
	'revised',
];

function jsonLdDates(text: string): string[] {
	let data: unknown;
	try {
		data = JSON.parse(text);
	} catch {
		return [];
	}
	const things = [data]
		.flat()
		.flatMap((thing) => (isRecord(thing) && Array.isArray(thing['@graph']) ? thing['@graph'] : [thing]))
		.filter(isRecord)
		.slice(0, 50);
	return ['dateModified', 'datePublished', 'dateCreated'].flatMap((name) =>
		things.map((thing) => thing[name]).filter((value) => typeof value === 'string'),
	);
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
