import { CoreError } from '@errand/core/domain/errors.ts';
import { XMLParser } from 'fast-xml-parser';
import { decodeText } from './charset.ts';
import { oneLine } from './clean-text.ts';
import { pageLinks } from './html/page-links.ts';
import { htmlToMarkdown } from './html/read-html.ts';
import { isoDate } from './iso-date.ts';
import { cutMarkdown, DOCUMENT_LIMITS, type ParsedDocument, type Raw } from './parsed-document.ts';

/** Feed is what RSS, Atom and JSON feeds have in common. */
interface Feed {
	readonly title: string;
	readonly date: string | undefined;
	readonly items: readonly FeedItem[];
}
interface FeedItem {
	readonly title: string;
	readonly url: string | undefined;
	readonly date: string | undefined;
	readonly html: string;
}

/** readFeed reads RSS 1.0 and 2.0 and Atom. Throws `unreadable-document` if the XML is broken. */
export function readFeed(raw: Raw): ParsedDocument {
	const root = parseXml(decodeText(raw.content, raw.contentType));
	const rss = record(record(root['rss'])['channel']);
	const rdf = record(root['RDF']);
	const atom = record(root['feed']);
	if ('feed' in root) return render(atomFeed(atom), raw);
	if ('RDF' in root) return render(rssFeed(record(rdf['channel']), list(rdf['item'])), raw);
	return render(rssFeed(rss, list(rss['item'])), raw);
}

/** readJsonFeed reads a JSON Feed (jsonfeed.org); undefined if this JSON is something else. */
export function readJsonFeed(raw: Raw, value: unknown): ParsedDocument | undefined {
	const feed = record(value);
	if (!String(feed['version'] ?? '').startsWith('https://jsonfeed.org/version/')) return undefined;
	const items = list(feed['items']).map((item) => ({
		title: text(item['title']),
		url: text(item['url']) || text(item['external_url']) || undefined,
		date: isoDate(text(item['date_published'])) ?? isoDate(text(item['date_modified'])),
		html: text(item['content_html']) || escapeHtml(text(item['content_text']) || text(item['summary'])),
	}));
	return render({ title: text(feed['title']), date: undefined, items }, raw);
}

function rssFeed(channel: XmlRecord, items: readonly XmlRecord[]): Feed {
	return {
		title: text(channel['title']),
		date:
			isoDate(text(channel['lastBuildDate'])) ?? isoDate(text(channel['pubDate'])) ?? isoDate(text(channel['date'])),
		items: items.map((item) => ({
			title: text(item['title']),
			url: text(item['link']) || (/^https?:/.test(text(item['guid'])) ? text(item['guid']) : undefined),
			date: isoDate(text(item['pubDate'])) ?? isoDate(text(item['date'])),
			html: markup(item['encoded']) || markup(item['description']),
		})),
	};
}

function atomFeed(feed: XmlRecord): Feed {
	return {
		title: text(feed['title']),
		date: isoDate(text(feed['updated'])),
		items: list(feed['entry']).map((entry) => ({
			title: text(entry['title']),
			url: atomLink(list(entry['link'])),
			date: isoDate(text(entry['published'])) ?? isoDate(text(entry['updated'])),
			html: markup(entry['content']) || markup(entry['summary']),
		})),
	};
}

function atomLink(links: readonly XmlRecord[]): string | undefined {
	const own = links.find((link) => (text(link['@rel']) || 'alternate') === 'alternate') ?? links[0];
	return own === undefined ? undefined : text(own['@href']) || undefined;
}

function render(feed: Feed, raw: Raw): ParsedDocument {
	const items = feed.items.slice(0, DOCUMENT_LIMITS.feedItems);
	const links = pageLinks(
		items.map((item) => ({ href: item.url ?? '#', text: item.title })),
		raw.url,
	);
	const blocks = items.map((item) => {
		const about = [item.date?.slice(0, 10), item.url].filter((part) => part !== undefined).join(' · ');
		const summary = htmlToMarkdown(item.html.slice(0, 20_000)).markdown.replace(/^#{1,6} /gm, '');
		return [`## ${oneLine(item.title) || '(untitled)'}`, about, summary].filter((part) => part !== '').join('\n\n');
	});
	const date =
		feed.date ??
		items
			.map((item) => item.date ?? '')
			.sort()
			.at(-1);
	const cut = cutMarkdown(blocks.join('\n\n'));
	return {
		title: oneLine(feed.title) || raw.name,
		kind: 'feed',
		markdown: cut.markdown,
		...(date && { date }),
		links,
		truncated: cut.truncated || items.length < feed.items.length,
		warnings: items.length === 0 ? ['The feed has no items.'] : [],
	};
}

type XmlRecord = Readonly<Record<string, unknown>>;

function parseXml(xml: string): XmlRecord {
	const parser = new XMLParser({
		ignoreAttributes: false,
		attributeNamePrefix: '@',
		removeNSPrefix: true,
		parseTagValue: false,
		parseAttributeValue: false,
		htmlEntities: true,
		// Content is kept as the markup it is, for the HTML parser.
		stopNodes: ['*.content', '*.summary', '*.encoded', '*.description'],
	});
	try {
		return record(parser.parse(xml));
	} catch (cause) {
		throw new CoreError('unreadable-document', 'Cannot read the feed: its XML is broken.', {
			hint: 'Open the address in a browser to see what the site sends, or read the page itself.',
			cause,
		});
	}
}

function record(value: unknown): XmlRecord {
	const first = Array.isArray(value) ? value[0] : value;
	return typeof first === 'object' && first !== null ? (first as XmlRecord) : {};
}

function list(value: unknown): XmlRecord[] {
	const all = value === undefined ? [] : Array.isArray(value) ? value : [value];
	return all.filter((item) => typeof item === 'object' && item !== null);
}

function text(value: unknown): string {
	if (typeof value === 'string') return value.trim();
	if (Array.isArray(value)) return text(value[0]);
	return text(record(value)['#text'] ?? '');
}

/** The HTML in an element that the XML parser left alone: in CDATA, escaped, or (Atom's XHTML) as plain child elements. */
function markup(value: unknown): string {
	const raw = text(value);
	if (raw.includes('<![CDATA[')) return raw.replace(/<!\[CDATA\[|\]\]>/g, '');
	return raw.startsWith('<') ? raw : raw.replace(/&(?:lt|gt|quot|apos|amp|#\d{1,7}|#x[\da-f]{1,6});/gi, decodeEntity);
}

function decodeEntity(entity: string): string {
	const name = entity.slice(1, -1).toLowerCase();
	if (!name.startsWith('#')) return { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }[name] ?? entity;
	const code = name.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
	return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
}

function escapeHtml(plain: string): string {
	return `<p>${plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replace(/\n\n+/g, '</p><p>')}</p>`;
}
