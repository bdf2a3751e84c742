import { oneLine } from '../clean-text.ts';
import { findFootnotes } from './footnotes.ts';
import { type HtmlElement, isElement } from './html-node.ts';

/** Readable finds the article in a page, or nothing; it may change the page it is given. */
export type Readable = () => HtmlElement | undefined;

/**
 * mainContent chooses what of a page is read. Readability's article is taken where it lost nothing that matters: most of the
 * page's plain text and every table, definition list, struck-out text and footnote. Else it is the page without its
 * navigation and other surroundings, because a lost table is worse than a menu too much.
 */
export function mainContent(body: HtmlElement, readable: Readable): HtmlElement {
	const stamps = stamp(body);
	const article = readable();
	removeSurroundings(body);
	const whole = wholeContent(body);
	if (article === undefined) return whole;
	if (stamps > 0 && lostSomething(article, whole)) return whole;
	return plainLength(article) >= 0.7 * plainLength(whole) ? article : whole;
}

const STAMP = 'title';
const PRECIOUS = 'table, dl, del, s, pre, sup, td img, th img, dd img';

/** Marks what must not get lost, so that it can be found again in the article. */
function stamp(body: HtmlElement): number {
	const targets = new Set(findFootnotes(body).keys());
	const precious = [...body.querySelectorAll(PRECIOUS)];
	for (const element of targets.size > 0 ? body.querySelectorAll('[id]') : []) {
		if (targets.has(element.getAttribute('id') ?? '')) precious.push(element);
	}
	for (const [index, element] of precious.entries()) element.setAttribute(STAMP, `kept-${index}`);
	return precious.length;
}

/** Tells whether the article lacks something precious of the whole, or a part of it. */
function lostSomething(article: HtmlElement, whole: HtmlElement): boolean {
	const kept = new Map<string | null, number>();
	for (const element of article.querySelectorAll(`[${STAMP}]`))
		kept.set(element.getAttribute(STAMP), lettersIn(element));
	for (const element of whole.querySelectorAll(`[${STAMP}]`)) {
		if ((kept.get(element.getAttribute(STAMP)) ?? -1) < lettersIn(element)) return true;
	}
	return false;
}

function lettersIn(element: HtmlElement): number {
	return (element.textContent ?? '').replace(/\s+/g, '').length;
}

function removeSurroundings(body: HtmlElement): void {
	const notes = new Set(findFootnotes(body).keys());
	for (const element of [...body.querySelectorAll(SURROUNDINGS)]) {
		const inContent = isWithin(element, /^(?:main|article)$/);
		if (inContent && !/^nav$/.test(element.localName)) continue;
		if (/^(?:footer|aside)$/.test(element.localName) && holdsNotes(element, notes)) continue;
		element.remove();
	}
}

const SURROUNDINGS =
	'nav, footer, aside, [role="navigation"], [role="banner"], [role="contentinfo"], [role="search"], [role="menu"], [role="dialog"]';

function holdsNotes(element: HtmlElement, notes: ReadonlySet<string>): boolean {
	if (element.querySelector('sup, table, dl, del, s') !== null) return true;
	if ([...element.querySelectorAll('[id]')].some((inner) => notes.has(inner.getAttribute('id') ?? ''))) return true;
	return /^(?:[*†‡¹²³]|\[\d|\(\d\))/m.test((element.textContent ?? '').trim());
}

/** The page's one `<main>`, unless something precious or most of the text stands outside of it. */
function wholeContent(body: HtmlElement): HtmlElement {
	const mains = [...body.querySelectorAll('main, [role="main"]')];
	const [main] = mains;
	if (main === undefined || mains.length > 1) return body;
	const inside = [...main.querySelectorAll(`[${STAMP}]`)].length;
	const all = [...body.querySelectorAll(`[${STAMP}]`)].length;
	return inside === all && plainLength(main) >= 0.5 * plainLength(body) ? main : body;
}

/** The length of the text that is no link. */
function plainLength(element: HtmlElement): number {
	let length = oneLine(element.textContent ?? '').length;
	for (const link of element.querySelectorAll('a')) length -= oneLine(link.textContent ?? '').length;
	return Math.max(0, length);
}

function isWithin(element: HtmlElement, tag: RegExp): boolean {
	for (let at = element.parentNode; at !== null && isElement(at); at = at.parentNode) {
		if (tag.test(at.localName)) return true;
	}
	return false;
}
