/** wordPattern matches any of these words or phrases as whole words, the longest first. */
export function wordPattern(words: readonly string[], flags = 'iu'): RegExp {
	return rawPattern(words.map(escapeRegExp), flags);
}

/** rawPattern is `wordPattern` for words that are regular expressions themselves. */
export function rawPattern(sources: readonly string[], flags = 'iu'): RegExp {
	if (sources.length === 0) return new RegExp('(?!)', flags);
	const alternatives = [...sources].sort((one, other) => other.length - one.length).join('|');
	return new RegExp(`(?<![\\p{L}\\d-])(?:${alternatives})(?![\\p{L}\\d])`, flags);
}

/** wordsOf splits into lower-case words. */
export function wordsOf(text: string): string[] {
	return text.toLowerCase().match(/[\p{L}\p{N}]+(?:[.'’-][\p{L}\p{N}]+)*/gu) ?? [];
}

function escapeRegExp(word: string): string {
	return word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&').replace(/'/g, "['’]");
}
