import { foldWhitespace } from './quote.ts';

/** plainText reads a piece of Markdown as a person would: no markup, no struck-out words, no footnote marks. */
export function plainText(markdown: string): string {
	return foldWhitespace(
		markdown
			.replace(/~~[\s\S]{1,400}?~~/g, ' ')
			.replace(FOOTNOTE_MARK, ' ')
			.replace(/!\[[^\]]{0,300}\]\([^)\n]{0,2000}\)/g, ' ')
			.replace(/\[([^\]]{1,500})\]\([^)\n]{0,2000}\)/g, '$1')
			.replace(/<\/?[a-z][^>\n]{0,200}>/gi, ' ')
			.replace(/(\*\*\*|\*\*|__)(?=\S)([^\n]{1,2000}?)\1/g, '$2')
			.replace(/(?<![\w*\\])\*(?=[^\s*])([^*\n]{1,500}?)\*(?![\w*])/g, '$1')
			.replace(/(?<![\w_\\])_(?=[^\s_])([^_\n]{1,500}?)_(?![\w_])/g, '$1')
			.replace(/`([^`\n]{1,500})`/g, '$1')
			.replace(/\\([\\`*_{}[\]()#+\-.!|~$<>])/g, '$1')
			.replace(/&nbsp;/g, ' ')
			.replace(/&amp;/g, '&')
			.replace(/\s*[*†‡]{1,3}(?=\s|$|[.,;:|)])/g, ' '),
	).replace(/\s+([.,;:])/g, '$1');
}

/** footnoteMarks lists the marks (`1`, `*`, `†`) that a piece of Markdown carries, in order. */
export function footnoteMarks(markdown: string): string[] {
	const marks: string[] = [];
	for (const match of markdown.matchAll(FOOTNOTE_MARK)) {
		const [, caret, link, sup, plain, raised] = match;
		const found = caret ?? link ?? sup ?? plain ?? (raised === undefined ? undefined : lower(raised));
		if (found !== undefined) marks.push(found.replace(/\\/g, ''));
	}
	const unpaired = markdown.replace(/(\*\*\*|\*\*|\*)(?=[^\s*])([^*\n]{1,500}?)\1(?![\w*])/g, ' $2 ');
	for (const match of unpaired.matchAll(/(?<=[\p{L}\p{N}).%€$£])\s?((?:\\?\*){1,3}|[†‡])(?=\s|$|[.,;:|)])/gu)) {
		marks.push((match[1] ?? '').replace(/\\/g, ''));
	}
	return [...new Set(marks)];
}

/** hasStruck tells whether something in the text is struck out. */
export function hasStruck(markdown: string): boolean {
	return /~~[^~]{1,400}~~/.test(markdown);
}

/** lower writes raised digits (`¹²`) as plain ones. */
export function lower(raised: string): string {
	return [...raised].map((digit) => String(Math.max(0, RAISED.indexOf(digit)))).join('');
}

const RAISED = '⁰¹²³⁴⁵⁶⁷⁸⁹';
const FOOTNOTE_MARK =
	/\[\^([\w-]{1,20})\](?!:)|\[\\?\[?([\w*†]{1,4})\\?\]?\]\(#[^)\s]{0,200}\)|<sup>\s*\[?([\w*†]{1,4})\]?\s*<\/sup>|(?<=[\p{L}\p{N}).%€$£])\s?\\?\[(\d{1,2})\\?\](?![(:\w])|(?<!(?:^|[^\p{L}])(?:[kcm]?m|ft|in|yd|mi))([⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2})/gu;
