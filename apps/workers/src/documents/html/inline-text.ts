import { cleanText } from '../clean-text.ts';
import { type Footnotes, isBackLink, noteMark } from './footnotes.ts';
import { type HtmlElement, type HtmlNode, isElement, isText } from './html-node.ts';

// Stand-ins while the text is put together; cleanText has removed these characters from the page's own text.
const BREAK = '\ue001';
const STRIKE_ON = '\ue002';
const STRIKE_OFF = '\ue003';
const PART = '\ue004';

/** inlineText is the text of some inline nodes: one line, but for the page's own line breaks. */
export function inlineText(nodes: Iterable<HtmlNode>, footnotes: Footnotes): string {
	const out: string[] = [];
	for (const node of nodes) collect(node, footnotes, out, false);
	return tidy(out.join(''))
		.replaceAll(PART, ' ')
		.replace(/ ?\ue001 ?/g, '\n')
		.trim();
}

/** cellText is all text below an element in one line; its blocks and list items are parted by `;`. */
export function cellText(cell: HtmlNode, footnotes: Footnotes): string {
	const out: string[] = [];
	for (const node of cell.childNodes) collect(node, footnotes, out, true);
	return tidy(out.join(''))
		.replaceAll(BREAK, ' ')
		.replace(/^[ \ue004]+|[ \ue004]+$/g, '')
		.replace(/([.;:,!?]?)\ue004/g, (_all, mark: string) => (mark === '' ? '; ' : `${mark} `))
		.replace(/ {2,}/g, ' ')
		.trim();
}

function collect(node: HtmlNode, footnotes: Footnotes, out: string[], inCell: boolean): void {
	if (isText(node)) {
		out.push(cleanText(node.nodeValue ?? '').replace(/\s+/g, ' '));
		return;
	}
	if (!isElement(node) || isBackLink(node)) return;
	const tag = node.localName;
	if (tag === 'br') out.push(BREAK);
	else if (tag === 'img') out.push(imageText(node, inCell));
	else if (tag === 'sup') out.push(noteMark(node, footnotes, out));
	else if (tag === 'a' && footnotes.has(fragmentOf(node))) out.push(`[^${footnotes.get(fragmentOf(node))}]`);
	else if (tag === 'del' || tag === 's') {
		out.push(STRIKE_ON);
		for (const child of node.childNodes) collect(child, footnotes, out, inCell);
		out.push(STRIKE_OFF);
	} else {
		const part = PARTS.has(tag) ? PART : '';
		out.push(part);
		for (const child of node.childNodes) collect(child, footnotes, out, inCell);
		out.push(part);
	}
}

function fragmentOf(element: HtmlElement): string {
	const href = element.getAttribute('href') ?? '';
	return href.startsWith('#') ? href.slice(1) : '';
}

/** In a table an image often stands for a word ("yes"); elsewhere its text is marked as such. */
function imageText(image: HtmlElement, inCell: boolean): string {
	const alt = cleanText(image.getAttribute('alt') ?? '')
		.replace(/\s+/g, ' ')
		.trim();
	if (alt === '') return '';
	return inCell ? ` ${alt} ` : ` [image: ${alt}] `;
}

/** Makes each run of white space and boundaries one character first, so that what follows takes time by length alone. */
function tidy(text: string): string {
	return text
		.replace(/[\s\ue001\ue004]+/g, (run) => (run.includes(PART) ? PART : run.includes(BREAK) ? BREAK : ' '))
		.replace(/\ue002([ \ue001\ue004]?)\ue003/g, '$1')
		.replace(/\ue002([ \ue001\ue004]?)/g, '$1~~')
		.replace(/([ \ue001\ue004]?)\ue003/g, '~~$1')
		.replaceAll('~~~~', '');
}

const PARTS: ReadonlySet<string> = new Set(
	(
		'address article aside blockquote caption dd details div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr li ' +
		'main nav ol p pre section summary table tbody td tfoot th thead tr ul'
	).split(' '),
);
