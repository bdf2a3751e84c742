/** Shingles are the runs of five words of a text, as numbers: what is copied shares them, what only tells the same does not. */
export type Shingles = ReadonlySet<number>;

const RUN = 5;
const MAX_WORDS = 20_000;

/** shinglesOf reads the runs of words of a text; markup, case and punctuation make no difference. */
export function shinglesOf(markdown: string): Shingles {
	const words: number[] = [];
	for (const [word] of markdown.matchAll(/[\p{L}\p{N}]+/gu)) {
		if (words.push(hashOf(word.toLowerCase())) >= MAX_WORDS) break;
	}
	const shingles = new Set<number>();
	for (let at = 0; at + RUN <= words.length; at++) {
		let hash = 0;
		for (let offset = 0; offset < RUN; offset++) hash = (Math.imul(hash, 0x01000193) ^ (words[at + offset] ?? 0)) >>> 0;
		shingles.add(hash);
	}
	return shingles;
}

/** sharedPart is how much of the shorter text the longer one repeats, 0 to 1, and how their lengths compare. */
export function sharedPart(one: Shingles, other: Shingles): { readonly part: number; readonly lengths: number } {
	const [few, many] = one.size <= other.size ? [one, other] : [other, one];
	if (few.size === 0) return { part: 0, lengths: 0 };
	let both = 0;
	for (const shingle of few) if (many.has(shingle)) both++;
	return { part: both / few.size, lengths: few.size / many.size };
}

/** FNV-1a. */
function hashOf(word: string): number {
	let hash = 0x811c9dc5;
	for (let at = 0; at < word.length; at++) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193);
	return hash >>> 0;
}
