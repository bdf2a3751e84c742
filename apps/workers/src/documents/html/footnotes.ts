import { oneLine } from '../clean-text.ts';
import { type HtmlElement, type HtmlNode, isElement } from './html-node.ts';

/** Footnotes maps the id of a footnote's element to the mark that refers to it. */
export type Footnotes = ReadonlyMap<string, string>;

/** findFootnotes looks for marks that link to their note within the page: `<sup><a href="#fn1">1</a></sup>` and its kin. */
export function findFootnotes(root: HtmlElement): Footnotes {
	const notes = new Map<string, string>();
	for (const link of root.querySelectorAll('a[href^="#"]')) {
		const target = link.getAttribute('href')?.slice(1) ?? '';
		const mark = markOf(link);
		if (target === '' || mark === undefined || notes.has(target) || notes.size >= 1_000) continue;
		const raised =
			isWithinSup(link) ||
			/noteref/.test(link.getAttribute('role') ?? '') ||
			/^\[.+\]$/.test(oneLine(link.textContent ?? ''));
		// The way back from the note points at the mark, which stands above it: only the first of such a pair is a mark.
		if (raised && !notes.has(nearestId(link) ?? '')) notes.set(target, mark);
	}
	return notes;
}

/** footnoteLabel is the `[^n]` that opens a footnote's own text, if this element is one. */
export function footnoteLabel(element: HtmlElement, footnotes: Footnotes): string | undefined {
	const mark = footnotes.get(element.getAttribute('id') ?? '');
	return mark === undefined ? undefined : `[^${mark}]`;
}

/** isBackLink recognises the small arrow that leads from a footnote back to its mark. */
export function isBackLink(element: HtmlNode & { localName?: string }): boolean {
	if (element.localName !== 'a' || !isElement(element)) return false;
	return (
		/^(?:↑|↩\ufe0e?|⤴|\^|⏎|↵)$/u.test((element.textContent ?? '').trim()) &&
		/#/.test(element.getAttribute('href') ?? '')
	);
}

/** noteMark writes raised text so that it cannot be taken for a part of the number or word before it. */
export function noteMark(sup: HtmlElement, footnotes: Footnotes, before: readonly string[]): string {
	const text = oneLine(sup.textContent ?? '');
	if (text === '') return '';
	const linked = sup.querySelector('a[href^="#"]')?.getAttribute('href')?.slice(1);
	const known = linked === undefined ? undefined : footnotes.get(linked);
	if (known !== undefined) return `[^${known}]`;
	if (/^(?:st|nd|rd|th|er|re|e|o|a|ª|º|tm|sm|®|™)$/i.test(text)) return text;
	const unit = /(?:^|[\s\d/])(?:[kcm]?m|ft|in|yd|mi)$/.test(before.join('').slice(-12));
	if (unit && /^[23]$/.test(text)) return text === '2' ? '²' : '³';
	const mark = plainMark(text);
	if (mark === undefined) return `^${text}`;
	return /^[*†‡§]+$/.test(mark) ? mark : `[^${mark}]`;
}

function isWithinSup(link: HtmlElement): boolean {
	if (link.querySelector('sup') !== null) return true;
	for (let at = link.parentNode, steps = 0; at !== null && steps < 3; at = at.parentNode, steps += 1) {
		if (at.localName === 'sup') return true;
	}
	return false;
}

function nearestId(link: HtmlElement): string | undefined {
	for (let at = link.parentNode, steps = 0; at !== null && steps < 4; at = at.parentNode, steps += 1) {
		const id = at.getAttribute?.('id');
		if (id) return id;
	}
	return undefined;
}

function markOf(link: HtmlElement): string | undefined {
	return plainMark(oneLine(link.textContent ?? ''));
}

function plainMark(text: string): string | undefined {
	return /^[[(]?(\d{1,3}|[a-z]{1,2}|[*†‡§]{1,3}|[ivx]{1,4})[\])]?$/i.exec(text)?.[1];
}
