const WORDS = 'one two three four five six seven eight nine ten eleven twelve'.split(' ');

/** NUMBER is a pattern for a small number in digits or words. */
export const NUMBER = `\\d{1,3}|${WORDS.join('|')}|both|a dozen`;

/** readNumber reads what `NUMBER` matches. */
export function readNumber(text: string): number {
	const said = text.toLowerCase();
	if (said === 'both') return 2;
	if (said === 'a dozen') return 12;
	return WORDS.includes(said) ? WORDS.indexOf(said) + 1 : Number(said);
}
