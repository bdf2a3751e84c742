/** nameWords splits a name or a sentence into stems, `webPages.readAll` and "reads all web pages" into the same four. */
export function nameWords(text: string): string[] {
	const spaced = text.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2').toLowerCase();
	return (spaced.match(/[\p{L}\p{N}]+/gu) ?? []).map(stem);
}

/**
 * Words that carry no meaning of their own. Words that turn a meaning round (not, no, without, except) are none of them, and
 * neither are words that join two wishes into one in a way that matters: each of those has to be accounted for.
 */
const EMPTY = new Set([
	'a',
	'an',
	'the',
	'of',
	'from',
	'to',
	'on',
	'in',
	'at',
	'by',
	'for',
	'with',
	'some',
	'this',
	'that',
]);

/** meaningfulWords leaves out what carries no meaning, and repetitions. */
export function meaningfulWords(text: string): string[] {
	return [...new Set(nameWords(text))].filter((word) => !EMPTY.has(word));
}

/** What planners say in place of the words of a catalogue. No word that changes something stands for one that looks at something. */
const ALIKE: readonly (readonly [words: string, meant: string])[] = [
	['website site webpage http https url internet www online', 'web page'],
	['fetch get load retrieve scrape crawl view access', 'read'],
	['lookup find query google discover', 'search'],
	['summary condense shorten abstract tldr digest', 'summarise'],
	['contrast diff', 'compare'],
	['analysis', 'analyse'],
	['hyperlink anchor href', 'link'],
	['user owner', 'person human'],
	['article doc content', 'page document text'],
	['folder directory', 'workspace file'],
	['ls dir', 'list'],
];

const MEANT = new Map(
	ALIKE.flatMap(([words, meant]) => nameWords(words).map((word) => [word, nameWords(meant)] as const)),
);

/** wordsFor lists the stems that a stem may stand for, itself first. */
export function wordsFor(word: string): readonly string[] {
	return [word, ...(MEANT.get(word) ?? [])];
}

/** A light stemmer for English, applied to both sides alike: endings of number, tense, doer and deed go, `-ize` is `-ise`. */
function stem(word: string): string {
	if (!/^[a-z]{4,}$/.test(word)) return word;
	const single = word
		.replace(/ysis$/, 'yse')
		.replace(/ies$/, 'y')
		.replace(/(ss|us)es$/, '$1')
		.replace(/([^su])s$/, '$1')
		.replace(/([iy])z(?=[eia])/, '$1s')
		.replace(/^(.{4,}?)(?:at)?ion$/, '$1');
	const bare = single.replace(/^(.{3,}?)(?:ings?|ed|ers?)$/, '$1');
	// `getting` and `planned` doubled their last letter when they took the ending.
	const undoubled = bare === single ? bare : bare.replace(/([bdgmnprt])\1$/, '$1');
	return undoubled.length > 3 ? undoubled.replace(/e$/, '') : undoubled;
}
