/** estimateTokens guesses how many tokens a text is to a model: about four characters each, one for each East Asian character. */
export function estimateTokens(text: string): number {
	const wide = text.match(WIDE)?.length ?? 0;
	return Math.ceil((text.length - wide) / 4) + wide;
}

const WIDE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/gu;
