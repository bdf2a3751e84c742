import { Parser } from 'htmlparser2';
import { DOCUMENT_LIMITS } from '../parsed-document.ts';
import { type HtmlHead, HtmlHeadReader } from './html-head.ts';

/** BoundedHtml is a page made harmless to parse: balanced, shallow, only tags that carry meaning, only attributes that are used. */
export interface BoundedHtml {
	readonly html: string;
	readonly head: HtmlHead;
	readonly nodes: number;
	/** The page was longer, deeper or had more parts than are read; what follows was left out. */
	readonly truncated: boolean;
}

/** Tags deeper than this are left out, their text stays. */
const MAX_DEPTH = 150;
/** Browsers stop nesting here; htmlparser2 takes time by the square of the depth, so a deeper page is not parsed further. */
const HOPELESS_DEPTH = 512;
const CHUNK = 4_096;

/**
 * boundedHtml reads any page in time proportional to its length. What a visitor does not see (scripts, styles, hidden
 * elements, form controls) is left out, and text struck out by style is marked as `<del>`.
 */
export function boundedHtml(page: string): BoundedHtml {
	const head = new HtmlHeadReader();
	const out: string[] = [];
	/** What closes each open element; `undefined` for one that is skipped with all it holds. */
	const open: (string | undefined)[] = [];
	let skipping = 0;
	let nodes = 0;
	let truncated = false;

	const parser = new Parser({
		onopentag(tag, attributes) {
			head.open(tag, attributes);
			if (skipping > 0 || isLeftOut(tag, attributes)) {
				skipping += 1;
				open.push(undefined);
				return;
			}
			nodes += 1;
			const written = open.length < MAX_DEPTH ? write(tag, attributes) : { start: '', end: '' };
			out.push(written.start);
			open.push(written.end);
		},
		ontext(text) {
			head.text(text);
			nodes += 1;
			if (skipping === 0) out.push(escapeText(text));
		},
		onclosetag(tag) {
			head.close(tag);
			const end = open.pop();
			if (end === undefined) skipping = Math.max(0, skipping - 1);
			else out.push(end);
		},
	});

	const limit = Math.min(page.length, DOCUMENT_LIMITS.htmlChars);
	let at = 0;
	while (at < limit && open.length <= HOPELESS_DEPTH && nodes <= DOCUMENT_LIMITS.htmlNodes) {
		parser.write(page.slice(at, at + CHUNK));
		at += CHUNK;
	}
	if (at < page.length) {
		truncated = true;
		if (open.length > HOPELESS_DEPTH) out.push(escapeText(withoutTags(page.slice(at, limit))));
	}
	for (const end of open.reverse()) out.push(end ?? '');
	return { html: out.join(''), head: head.result(), nodes, truncated };
}

function write(tag: string, attributes: Readonly<Record<string, string>>): { start: string; end: string } {
	const struck = /text-decoration(?:-line)?\s*:[^;]*line-through/i.test(attributes['style']?.slice(0, 2_000) ?? '');
	const name = struck && !KEPT.has(tag) ? 'del' : nameOf(tag);
	if (name === undefined) return { start: '', end: '' };
	const kept = ATTRIBUTES.map((attribute) => {
		const value = attributes[attribute];
		return value === undefined || value.length > 2_000
			? ''
			: ` ${attribute}="${escapeText(value).replaceAll('"', '&quot;')}"`;
	});
	const start = `<${name}${kept.join('')}>`;
	if (VOID.has(name)) return { start, end: '' };
	return struck && name !== 'del' ? { start: `${start}<del>`, end: `</del></${name}>` } : { start, end: `</${name}>` };
}

function nameOf(tag: string): string | undefined {
	if (KEPT.has(tag)) return tag;
	const other = RENAMED[tag];
	if (other !== undefined) return other;
	// A custom element is a box until proven otherwise; an unknown plain tag is only its text.
	return tag.includes('-') ? 'div' : undefined;
}

function isLeftOut(tag: string, attributes: Readonly<Record<string, string>>): boolean {
	// A template with a shadow root is content; any other is a mould for scripts.
	if (LEFT_OUT.has(tag)) return !(tag === 'template' && 'shadowrootmode' in attributes);
	if (attributes['hidden'] !== undefined && attributes['hidden'] !== 'until-found') return true;
	return /(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)/i.test(attributes['style']?.slice(0, 2_000) ?? '');
}

function escapeText(text: string): string {
	return text.replace(/[&<>]/g, (char) => (char === '&' ? '&amp;' : char === '<' ? '&lt;' : '&gt;'));
}

function withoutTags(html: string): string {
	return html.replace(/<[^<>]*>/g, ' ').replace(/[ \t]+/g, ' ');
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));
const KEPT = words(
	'a address article aside blockquote br caption code dd del details div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 ' +
		'header hr img li main nav ol p pre s section sub summary sup table tbody td tfoot th thead time tr ul',
);
const VOID = words('br hr img');
const RENAMED: Readonly<Record<string, string>> = {
	strike: 's',
	form: 'div',
	fieldset: 'div',
	legend: 'p',
	center: 'div',
	hgroup: 'div',
	menu: 'ul',
	dir: 'ul',
	listing: 'pre',
	xmp: 'pre',
	kbd: 'code',
	samp: 'code',
	label: 'div',
	search: 'nav',
};
const LEFT_OUT = words(
	'script style template svg noscript iframe object embed canvas audio video map title select datalist textarea ' +
		'button input progress meter dialog noframes frameset',
);
const ATTRIBUTES = ['id', 'class', 'role', 'href', 'alt', 'colspan', 'rowspan', 'start', 'datetime'] as const;
