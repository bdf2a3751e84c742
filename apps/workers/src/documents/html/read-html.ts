import { Readability } from '@mozilla/readability';
import { parseHTML } from 'linkedom';
import { decodeText } from '../charset.ts';
import { cutMarkdown, DOCUMENT_LIMITS, type ParsedDocument, type Raw } from '../parsed-document.ts';
import { boundedHtml } from './bounded-html.ts';
import { findFootnotes } from './footnotes.ts';
import { dateOf, publisherOf, titleOf } from './html-metadata.ts';
import type { HtmlElement } from './html-node.ts';
import { mainContent } from './main-content.ts';
import { pageLinks } from './page-links.ts';
import { renderMarkdown } from './render-markdown.ts';

/** readHtml turns a web page into Markdown with its title, date and links. */
export function readHtml(raw: Raw): ParsedDocument {
	const bounded = boundedHtml(decodeText(raw.content, raw.contentType));
	const body = page(bounded.html).document.body;
	const base =
		bounded.head.base !== undefined && URL.canParse(bounded.head.base, raw.url)
			? new URL(bounded.head.base, raw.url).href
			: raw.url;
	const links = pageLinks(linksOf(body), base);
	const heading = body.querySelector('h1')?.textContent ?? undefined;
	const footnotes = findFootnotes(body);
	const content = mainContent(body, () =>
		bounded.nodes > DOCUMENT_LIMITS.readabilityNodes ? undefined : articleOf(body),
	);
	const { markdown, truncated } = cutMarkdown(renderMarkdown(content, footnotes));
	const date = dateOf(bounded.head);
	const publisher = publisherOf(bounded.head, heading);
	return {
		title: titleOf(bounded.head, heading) ?? raw.name,
		kind: 'html',
		markdown,
		...(date !== undefined && { date }),
		...(publisher !== undefined && { publisher }),
		links,
		truncated: truncated || bounded.truncated,
		warnings: markdown.length < 80 && bounded.head.jsonLd.length + raw.content.length > 2_000 ? [NEEDS_BROWSER] : [],
	};
}

/** htmlToMarkdown renders HTML that is all content, as other formats are converted into. */
export function htmlToMarkdown(html: string): {
	markdown: string;
	heading: string | undefined;
	truncated: boolean;
	links: { href: string; text: string }[];
} {
	const bounded = boundedHtml(html);
	const body = page(bounded.html).document.body;
	const { markdown, truncated } = cutMarkdown(renderMarkdown(body, findFootnotes(body)));
	const heading = body.querySelector('h1')?.textContent ?? undefined;
	return { markdown, heading, truncated: truncated || bounded.truncated, links: [...linksOf(body)] };
}

/** NEEDS_BROWSER is the warning of a page that was read without its scripts and is probably nothing without them. */
export const NEEDS_BROWSER = 'The page holds almost no text; it is probably filled in by scripts and needs a browser.';

/** Readability takes its document apart, so it works on a copy; a page it stumbles over has no article. */
function articleOf(body: HtmlElement): HtmlElement | undefined {
	try {
		const { document } = page((body as HtmlElement & { innerHTML: string }).innerHTML);
		const reader = new Readability<unknown>(document, { serializer: (node) => node, disableJSONLD: true });
		return (reader.parse()?.content ?? undefined) as HtmlElement | undefined;
	} catch {
		return undefined;
	}
}

// linkedom's types describe a whole browser window; HtmlElement is the part of it that is used here.
function page(html: string): { document: ConstructorParameters<typeof Readability>[0] & { body: HtmlElement } } {
	return parseHTML(`<!doctype html><html><head></head><body>${html}</body></html>`) as unknown as ReturnType<
		typeof page
	>;
}

function* linksOf(body: HtmlElement): Generator<{ href: string; text: string }> {
	for (const link of body.querySelectorAll('a[href]')) {
		yield { href: link.getAttribute('href') ?? '', text: link.textContent ?? '' };
	}
}
