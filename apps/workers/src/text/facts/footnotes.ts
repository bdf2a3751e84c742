import { lower, plainText } from './inline.ts';

/** Footnote is the text behind a mark, as plain text and as it stands in the document. */
export interface Footnote {
	readonly mark: string;
	readonly text: string;
	readonly quote: string;
}

/** readFootnotes finds footnote texts by their marks: `[^1]:`, `¹`, `*`, `1. … ↑`; a mark may have several candidates. */
export function readFootnotes(markdown: string): Map<string, Footnote[]> {
	const notes = new Map<string, Footnote[]>();
	const lines = markdown.split(/\r?\n/);
	for (let index = 0; index < lines.length; index++) {
		const found = definition(lines[index] ?? '');
		if (found === undefined) continue;
		const whole = [found.body];
		// A long note wraps over the following lines of a PDF.
		while (whole.length < 6 && continues(whole.at(-1) ?? '', lines[index + whole.length]))
			whole.push(lines[index + whole.length] ?? '');
		const quote = whole.join('\n').replace(BACK_LINK, '').trim();
		const text = plainText(quote);
		if (text === '') continue;
		const list = notes.get(found.mark) ?? [];
		list.push({ mark: found.mark, text, quote });
		notes.set(found.mark, list);
	}
	return notes;
}

const BACK_LINK = /\s*(?:\[\\?[↑↩^]\uFE0E?\]\([^)]*\)|[↑↩]\uFE0E?)\s*$/u;

function definition(line: string): { mark: string; body: string } | undefined {
	const marked =
		/^\s*(?:\[\^([\w-]{1,20})\]:|\\?\[(\d{1,2})\\?\]:?(?!\()|<sup>\s*\[?([\w*†]{1,4})\]?\s*<\/sup>)\s*(\S.*)$/.exec(
			line,
		);
	if (marked) return { mark: marked[1] ?? marked[2] ?? marked[3] ?? '', body: marked[4] ?? '' };
	const raised = /^\s*([⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2})[).]?\s*(\S.*)$/u.exec(line);
	if (raised) return { mark: lower(raised[1] ?? ''), body: raised[2] ?? '' };
	const starred = /^\s*(?:[-•]\s+)?((?:\\?\*){1,3}|[†‡])\)?\s*(?!\*)(\S.*)$/.exec(line);
	if (starred && !/^\s*\*\*[^*]+\*\*/.test(line))
		return { mark: (starred[1] ?? '').replace(/\\/g, ''), body: starred[2] ?? '' };
	const numbered = /^\s*(\d{1,2})[.)]?\s+(\S.*)$/.exec(line);
	if (numbered && (BACK_LINK.test(line) || /^\p{Lu}/u.test(numbered[2] ?? '')))
		return { mark: numbered[1] ?? '', body: numbered[2] ?? '' };
	return undefined;
}

function continues(previous: string, next: string | undefined): boolean {
	return (
		next !== undefined &&
		next.trim() !== '' &&
		!BACK_LINK.test(previous) &&
		!/^\s*(?:[#|>]|[-•]\s)/.test(next) &&
		definition(next) === undefined &&
		(!/[.!?]\s*$/.test(previous) || /^\s*\p{Ll}/u.test(next))
	);
}
