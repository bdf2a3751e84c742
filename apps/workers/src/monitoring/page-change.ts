import { diffWordsWithSpace } from 'diff';

/** PageChange is one thing that a page says otherwise, no longer, or anew; quotes are short, with what differs in them. */
export interface PageChange {
	readonly kind: 'added' | 'removed' | 'changed';
	readonly before?: string;
	readonly after?: string;
}

const MAX_QUOTE = 240;
const LEAD = 60;

/** added, removed and changed write a change down; words differ by so many. */
export function oneSided(kind: 'added' | 'removed', text: string): PageChange {
	const quote = cut(text, 0);
	return kind === 'added' ? { kind, after: quote } : { kind, before: quote };
}

/** changedLine quotes both versions of a line around the first word that differs. */
export function changedLine(before: string, after: string): PageChange {
	const from = sharedStart(before, after);
	return { kind: 'changed', before: cut(before, from), after: cut(after, from) };
}

/** wordsDiffering counts the words that only one of two lines has. */
export function wordsDiffering(before: string, after: string): number {
	const parts = diffWordsWithSpace(before.slice(0, MAX_COMPARED), after.slice(0, MAX_COMPARED));
	const sides = { added: 0, removed: 0 };
	for (const { added, removed, value } of parts) {
		if (added) sides.added += countWords(value);
		else if (removed) sides.removed += countWords(value);
	}
	return Math.max(1, sides.added, sides.removed);
}

const MAX_COMPARED = 4_000;

/** countWords counts words and numbers. */
export function countWords(text: string): number {
	return text.match(/[\p{L}\p{N}]+(?:[.,'’-][\p{L}\p{N}]+)*/gu)?.length ?? 0;
}

function sharedStart(before: string, after: string): number {
	const most = Math.min(before.length, after.length);
	let at = 0;
	while (at < most && before[at] === after[at]) at += 1;
	return at;
}

/** A piece of the text in which the place can be seen, from a word's start. */
function cut(text: string, place: number): string {
	if (text.length <= MAX_QUOTE) return text;
	const wanted = place + LEAD < MAX_QUOTE ? 0 : place - LEAD;
	const start = wanted === 0 ? 0 : text.indexOf(' ', wanted) + 1 || wanted;
	const end = start + MAX_QUOTE;
	const piece = text.slice(start, end).toWellFormed();
	return `${start > 0 ? '…' : ''}${piece.trim()}${end < text.length ? '…' : ''}`;
}
