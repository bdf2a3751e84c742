import stopWords from './stop-words.json' with { type: 'json' };
import synonyms from './synonyms.json' with { type: 'json' };

/** termsOf lists the words of a text that carry its meaning, as stems, in order; East Asian runs as pairs of characters. */
export function termsOf(text: string): string[] {
	const terms: string[] = [];
	for (const [word] of text.toLowerCase().matchAll(WORD)) {
		if (STOP.has(word)) continue;
		if (IDEOGRAPHS.test(word)) terms.push(...pairs(word));
		else terms.push(stemOf(word));
	}
	return terms;
}

/** meaningOf is the same for words that answer the same question: `price` and `cost`, `begin` and `start`. */
export function meaningOf(term: string): string {
	return GROUPS.get(term) ?? term;
}

const WORD = /[\p{L}\p{N}]+(?:['’.-][\p{L}\p{N}]+)*/gu;
const IDEOGRAPHS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;
const STOP: ReadonlySet<string> = new Set(stopWords);
const stems = new Map<string, string>();

/** stemOf cuts common English endings, so that `restoring`, `restored` and `restoration` meet. */
export function stemOf(word: string): string {
	const known = stems.get(word);
	if (known !== undefined) return known;
	const stem = cut(word);
	// Bounded, because words come from anywhere.
	if (stems.size > 50_000) stems.clear();
	stems.set(word, stem);
	return stem;
}

const VOWEL = /[aeiouy]/;

function cut(word: string): string {
	let stem = word.replace(/['’]s?$/, '').replaceAll('’', "'");
	if (!/^[a-z][a-z-]{2,}$/.test(stem)) return stem;
	if (stem.length > 4 && stem.endsWith('ies')) stem = `${stem.slice(0, -3)}y`;
	else if (/(?:ss|x|z|ch|sh)es$/.test(stem)) stem = stem.slice(0, -2);
	else if (/[^su]s$/.test(stem) && !stem.endsWith('is')) stem = stem.slice(0, -1);
	stem = ending(stem);
	stem = derived(stem);
	if (stem.length > 3 && stem.endsWith('e')) stem = stem.slice(0, -1);
	return stem.length > 3 && stem.endsWith('y') ? `${stem.slice(0, -1)}i` : stem;
}

function ending(word: string): string {
	const stem = /^(.{3,}?)(?:ing|ed)$/.exec(word)?.[1];
	if (stem === undefined || !VOWEL.test(stem)) return word;
	return /([bdfgmnprt])\1$/.test(stem) ? stem.slice(0, -1) : stem;
}

const DERIVED: readonly (readonly [string, number])[] = [
	['ization', 4],
	['isation', 4],
	['ation', 5],
	['ative', 5],
	['ate', 5],
	['ment', 5],
	['ness', 4],
	['fully', 4],
	['ful', 4],
	['ally', 4],
	['ly', 4],
	['ise', 5],
	['ize', 5],
	['ity', 5],
	['ion', 4],
	['al', 5],
];

function derived(word: string): string {
	for (const [suffix, least] of DERIVED) {
		if (word.endsWith(suffix) && word.length - suffix.length >= least) return word.slice(0, -suffix.length);
	}
	return word;
}

function pairs(run: string): string[] {
	const characters = [...run];
	if (characters.length < 2) return characters;
	return characters.slice(0, -1).map((character, index) => character + (characters[index + 1] ?? ''));
}

const GROUPS: ReadonlyMap<string, string> = new Map(
	synonyms.flatMap((group) => group.map((word) => [stemOf(word), `=${group[0]}`] as const)),
);
