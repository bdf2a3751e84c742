import type { Document } from '@errand/core/domain/document.ts';
import { endOfCharacter, type Folded, foldMarkdown } from './fold-markdown.ts';

/**
 * verifiedQuote finds a model's quote in a document and gives back the words as they stand there, or nothing when they do
 * not: only white space, Markdown marks, and the shape of quotation marks and dashes may differ, and numbers and words must
 * be whole. Where a quote leaves something out ("…"), all its pieces must stand near each other in order, and what was left
 * out is given back too: it may hold a "not".
 */
export function verifiedQuote(quote: string, document: Pick<Document, 'markdown'>): string | undefined {
	if (quote.length > MAX_QUOTE) return undefined;
	const folded = foldedOf(document);
	for (const form of new Set([quote, quote.normalize('NFC'), quote.normalize('NFD')])) {
		const pieces = piecesOf(form);
		const span = pieces === undefined ? undefined : find(folded.text, pieces);
		if (span !== undefined) return wordsAt(document.markdown, folded, span);
	}
	return undefined;
}

const MAX_QUOTE = 2_000;
const MAX_PIECES = 6;
/** How much a quote may leave out at one place. */
const MAX_GAP = 400;
/** Hostile documents repeat the beginning of a quote without end. */
const MAX_TRIES = 2_000;

type Span = readonly [start: number, end: number];

function piecesOf(quote: string): string[] | undefined {
	const bare = quote.trim().replace(/^["'“”‘’„«»]+|["'“”‘’«»]+$/gu, '');
	// A quotation mark inside must not be taken for the one around.
	const inner = count(bare, /["“”„«»]/gu) % 2 === 1 ? quote.trim() : bare;
	const pieces = inner
		.split(/\s*(?:\[(?:…|\.{3})\]|\((?:…|\.{3})\)|…|\.{3,})\s*/u)
		.map((piece) => foldMarkdown(piece).text.trim())
		.filter((piece) => piece !== '');
	const hasWords = pieces.every((piece) => /[\p{L}\p{N}]/u.test(piece));
	return pieces.length > 0 && pieces.length <= MAX_PIECES && hasWords ? pieces : undefined;
}

function count(text: string, pattern: RegExp): number {
	return text.match(pattern)?.length ?? 0;
}

function find(text: string, [first = '', ...rest]: readonly string[]): Span | undefined {
	let from = 0;
	for (let tries = 0; tries < MAX_TRIES; tries++) {
		const start = text.indexOf(first, from);
		if (start < 0) return undefined;
		const end = isWhole(text, start, start + first.length) ? follow(text, start + first.length, rest) : undefined;
		if (end !== undefined) return [start, end];
		from = start + 1;
	}
	return undefined;
}

function follow(text: string, from: number, pieces: readonly string[]): number | undefined {
	let end = from;
	for (const piece of pieces) {
		const near = text.slice(end, end + MAX_GAP + piece.length);
		let at = near.indexOf(piece);
		while (at >= 0 && !isWhole(text, end + at, end + at + piece.length)) at = near.indexOf(piece, at + 1);
		if (at < 0) return undefined;
		end += at + piece.length;
	}
	return end;
}

/** "$57" does not stand in "$576", nor "1" in "1,500" or "1 500", nor "cover" in "discover". */
function isWhole(text: string, start: number, end: number): boolean {
	const before = text.slice(Math.max(0, start - 2), start);
	const after = text.slice(end, end + 5);
	const [first = '', last = ''] = [text[start], text[end - 1]];
	if (/[\p{L}\p{M}\p{N}]/u.test(first) && /[\p{L}\p{M}\p{N}]$/u.test(before)) return false;
	if (/[\p{L}\p{M}\p{N}]/u.test(last) && /^[\p{L}\p{M}\p{N}]/u.test(after)) return false;
	if (/\d/.test(first) && /\d[.,']$/.test(before)) return false;
	if (/\d/.test(last) && /^(?:[.,']\d| \d{3}(?!\d))/.test(after)) return false;
	return true;
}

/** Marks that hug the words belong to them: "~~$612~~" is not to be read as $612. */
function wordsAt(markdown: string, { starts }: Folded, [from, to]: Span): string {
	let start = starts[from] ?? 0;
	let end = endOfCharacter(markdown, starts[to - 1] ?? start);
	while (/[*_~`]/.test(markdown[start - 1] ?? '')) start--;
	while (/[*_~`]/.test(markdown[end] ?? '')) end++;
	return markdown.slice(start, end);
}

// Kept as long as the document itself: a reply has many quotes of the same few.
const known = new WeakMap<object, Folded>();

function foldedOf(document: Pick<Document, 'markdown'>): Folded {
	const folded = known.get(document) ?? foldMarkdown(document.markdown);
	known.set(document, folded);
	return folded;
}
