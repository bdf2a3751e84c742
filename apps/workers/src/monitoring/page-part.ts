import { CoreError } from '@errand/core/domain/errors.ts';
import { parseHTML } from 'linkedom';
import { shallowHtml } from '../browsing/shallow-html.ts';
import { oneLine } from '../documents/clean-text.ts';
import type { HtmlElement } from '../documents/html/html-node.ts';
import { mainContent } from '../documents/html/main-content.ts';
import { htmlToMarkdown } from '../documents/html/read-html.ts';

/** PagePart is what is watched of a page. */
export interface PagePart {
	readonly title: string;
	readonly markdown: string;
	/** Whether the selectors found anything; a whole page is always there. */
	readonly found: boolean;
}

const MAX_MATCHES = 500;

/** pagePart takes out of a page (HTML) what the selectors choose, else its content, without what is ignored. Throws `invalid-input` for a selector that is none. */
export function pagePart(html: string, { selectors, ignored }: PartOptions): PagePart {
	const { document } = parseHTML(wholePage(shallowHtml(html))) as unknown as { document: Parsed };
	const title = oneLine(
		document.querySelector('title')?.textContent ?? document.querySelector('h1')?.textContent ?? '',
	);
	for (const selector of [...ignored, ...(selectors.length > 0 ? ALWAYS_NOISE : NOISE)]) {
		for (const element of matchesOf(document, selector)) if (!HELD.has(element.localName)) element.remove();
	}
	const chosen = selectors.length > 0 ? outermost(document, selectors) : wholeOf(document);
	const markdown = htmlToMarkdown(chosen.map((element) => `<div>${element.outerHTML}</div>`).join('\n')).markdown;
	return { title, markdown, found: chosen.length > 0 };
}

/** The parser makes up no body where a page leaves its tags out, as it may. */
function wholePage(html: string): string {
	if (/<body[\s>]/i.test(html)) return html;
	const content = html.replace(/<!doctype[^>]{0,500}>|<\/?(?:html|head)(?:\s[^<>]{0,2000})?>/gi, '');
	return `<!doctype html><html><head></head><body>${content}</body></html>`;
}

interface PartOptions {
	readonly selectors: readonly string[];
	/** Selectors of what is left out. */
	readonly ignored: readonly string[];
}

interface Parsed extends HtmlElement {
	readonly body: Shown | null;
}
type Shown = HtmlElement & { readonly outerHTML: string };

/** isSelector tells CSS selectors from texts among what a person wants ignored: `.ad`, `#top`, `[role=menu]`, `div > p`, `aside`. */
export function isSelector(text: string): boolean {
	return /^[.#[*]\S|^[a-z][a-z0-9]*(?:[.#[:]\S|\s*>)/i.test(text) || TAGS.has(text.toLowerCase());
}

const TAGS = new Set(
	'aside header footer nav form section article table ul ol figure iframe time small main dialog'.split(' '),
);
const HELD = new Set(['html', 'body', 'main']);
const ALWAYS_NOISE = ['script', 'style', 'template', 'noscript', 'input[type="hidden"]'];
/** Names that advertising, consent and hints to other pages go by. */
const NOISE = [
	...ALWAYS_NOISE,
	'.ad, .ads, .advert, .advertisement, .adsbygoogle, [id^="google_ads"], [id^="ad-"], [class^="ad-"], [class*=" ad-"], [class*="advertis"], [aria-label="Advertisement" i]',
	'[class*="cookie" i], [id*="cookie" i], [class*="consent" i], [id*="consent" i], [class*="gdpr" i]',
	'.related, [class^="related-" i], [class*=" related-" i], [id^="related" i], [class*="recommend" i], [class*="you-may-also" i], [class*="most-read" i], [class*="trending" i]',
	'[class*="newsletter" i], [class*="share-" i], [class*="social-" i], [class*="-share" i]',
];

function matchesOf(within: HtmlElement, selector: string): Shown[] {
	try {
		return [...within.querySelectorAll(selector)].slice(0, MAX_MATCHES) as Shown[];
	} catch (cause) {
		throw new CoreError('invalid-input', `"${selector.slice(0, 200)}" is no CSS selector.`, {
			hint: 'Give a CSS selector such as ".price" or "#news li"; leave it out to watch the whole page.',
			cause,
		});
	}
}

/** In the order of the selectors; what lies within another match comes with that one. */
function outermost(document: Parsed, selectors: readonly string[]): Shown[] {
	const all = new Set(selectors.flatMap((selector) => matchesOf(document, selector)));
	return [...all].filter((element) => {
		for (let at = element.parentNode; at !== null; at = at.parentNode) if (all.has(at as Shown)) return false;
		return true;
	});
}

/** Always chosen by the same rule: which of two readings of a page is better must not be what changed on it. */
function wholeOf(document: Parsed): Shown[] {
	return document.body === null ? [] : [mainContent(document.body, () => undefined) as Shown];
}
