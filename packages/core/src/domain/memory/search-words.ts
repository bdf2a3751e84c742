/** Words that stand in nearly every sentence and tell nothing of what it is about. */
const STOP_WORDS: ReadonlySet<string> = new Set(
	`a about am an and any are as at be been but by can could did do does for from had has have how i if in into is it its
	me my of on or our out please s should so t tell that the their them then there these they this to us was we were what
	when where which who whom whose why will with would you your`.split(/\s+/),
);

/** Scripts written without spaces are cut into overlapping pairs. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]+/gu;
const WORD = /[\p{L}\p{M}\p{N}]+/gu;
const MAX_WORD = 64;
const MAX_QUERY_WORDS = 32;
const MAX_QUERY_TEXT = 4_000;

/** searchText is a text as it goes into an index of words: words with spaces between, nothing else. */
export function searchText(text: string): string {
	return wordsOf(text).join(' ');
}

/** queryWords are the words of a question that are worth looking for, a few dozen at most; no sign of any query language is left. */
export function queryWords(text: string): string[] {
	const words = [...new Set(wordsOf(text.slice(0, MAX_QUERY_TEXT)))];
	const telling = words.filter((word) => !STOP_WORDS.has(word));
	return (telling.length > 0 ? telling : words).slice(0, MAX_QUERY_WORDS);
}

function wordsOf(text: string): string[] {
	const spaced = text
		.normalize('NFKC')
		.toLowerCase()
		.replace(UNSPACED, (run) => ` ${pairs(run).join(' ')} `);
	return (spaced.match(WORD) ?? []).map((word) => [...word].slice(0, MAX_WORD).join(''));
}

function pairs(run: string): string[] {
	const signs = [...run];
	if (signs.length < 2) return signs;
	return signs.slice(1).map((sign, index) => `${signs[index]}${sign}`);
}
