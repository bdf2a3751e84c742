import { addressKey } from '@errand/core/domain/address-key.ts';
import type { Document } from '@errand/core/domain/document.ts';

/** LinkCandidate is a link of a page, with what stands around it there. */
export interface LinkCandidate {
	readonly url: string;
	readonly key: string;
	/** What the link says. */
	readonly anchor: string;
	/** The line it stands in; empty where the page's text does not hold it: menus, footers, boxes. */
	readonly line: string;
	/** The heading above that line, unless it is the page's own. */
	readonly heading: string;
	/** The page it stands on. */
	readonly from: Document;
}

const MAX_TEXT = 200_000;

/** linkCandidates lists the links of pages with their surroundings, each address once, where it says most. */
export function linkCandidates(documents: readonly Document[]): LinkCandidate[] {
	const best = new Map<string, LinkCandidate>();
	for (const from of documents) {
		const text = from.markdown.slice(0, MAX_TEXT).replace(/\\(?=[^\w\s])/g, '');
		const folded = text.toLowerCase();
		for (const { text: anchor, url } of from.links) {
			const key = addressKey(url);
			if (key === undefined) continue;
			const candidate = { url, key, anchor, ...surroundings(text, folded, anchor), from };
			const known = best.get(key);
			if (known === undefined || telling(candidate) > telling(known)) best.set(key, candidate);
		}
	}
	return [...best.values()];
}

function telling({ anchor, line }: LinkCandidate): number {
	return (line === '' ? 0 : 1_000) + (SAYS_NOTHING.test(anchor) ? 0 : Math.min(200, anchor.length));
}

/** SAYS_NOTHING recognises link words behind which anything may stand. */
export const SAYS_NOTHING =
	/^\W*(?:(?:click |tap )?here|(?:read|learn|see|find out|show|view)? ?(?:more|on|further)|more (?:info(?:rmation)?|details|\W*)|details|continue(?: reading)?|link|this|full (?:story|text|article)|source|open|go|download|pdf)?\W*$/i;

/** Where words stand as whole words; the menu's "Environment" is not the beginning of "environmental". */
function placeOf(words: string, text: string): number {
	if (words.length < 2) return -1;
	let at = text.indexOf(words);
	for (let tries = 0; at !== -1 && tries < 50; tries++) {
		const isWhole = !LETTER.test(text[at - 1] ?? ' ') && !LETTER.test(text[at + words.length] ?? ' ');
		if (isWhole) return at;
		at = text.indexOf(words, at + 1);
	}
	return -1;
}

const LETTER = /[\p{L}\p{N}]/u;

function surroundings(text: string, folded: string, anchor: string): { line: string; heading: string } {
	const words = anchor.trim().toLowerCase();
	const at = placeOf(words, folded);
	if (at === -1) return { line: '', heading: '' };
	const start = text.lastIndexOf('\n', at) + 1;
	const end = text.indexOf('\n', at);
	const line = text.slice(Math.max(start, at - 300), end === -1 ? at + 300 : Math.min(end, at + 300));
	const above = text.slice(0, start).lastIndexOf('\n##');
	const headingEnd = text.indexOf('\n', above + 1);
	const heading = above === -1 ? '' : text.slice(above + 1, Math.max(above + 1, headingEnd)).slice(0, 300);
	return { line: line.trim(), heading: heading.replace(/^#+\s*/, '') };
}
