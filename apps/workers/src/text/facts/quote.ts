import type { Document } from '@errand/core/domain/document.ts';

/** quoteIsVerbatim proves that a quote stands in the document word for word; only runs of white space may differ. */
export function quoteIsVerbatim(document: Pick<Document, 'markdown'>, quote: string): boolean {
	const wanted = foldWhitespace(quote);
	return wanted !== '' && (document.markdown.includes(quote) || folded(document.markdown).includes(wanted));
}

/** foldWhitespace turns every run of white space into one space and trims the ends. */
export function foldWhitespace(text: string): string {
	return text.replace(/\s+/gu, ' ').trim();
}

// Every claim of one comparison is checked against the same few documents, so the last ones are kept folded.
const recent = new Map<string, string>();
function folded(markdown: string): string {
	const known = recent.get(markdown);
	if (known !== undefined) return known;
	if (recent.size >= 20) recent.clear();
	const text = foldWhitespace(markdown);
	recent.set(markdown, text);
	return text;
}
