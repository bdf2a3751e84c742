const WORDS: Readonly<Record<string, number>> = {
	a: 1,
	an: 1,
	one: 1,
	two: 2,
	three: 3,
	four: 4,
	five: 5,
	six: 6,
	seven: 7,
	eight: 8,
	nine: 9,
	ten: 10,
	eleven: 11,
	twelve: 12,
	fifteen: 15,
	twenty: 20,
	thirty: 30,
	forty: 40,
	'forty-five': 45,
	sixty: 60,
	ninety: 90,
};
const ORDINALS: Readonly<Record<string, number>> = {
	first: 1,
	second: 2,
	third: 3,
	fourth: 4,
	fifth: 5,
	sixth: 6,
	seventh: 7,
	eighth: 8,
	ninth: 9,
	tenth: 10,
	fifteenth: 15,
	twentieth: 20,
};

/** COUNT matches a number in digits or words. */
export const COUNT = `(?:\\d{1,9}|${Object.keys(WORDS)
	.toSorted((one, other) => other.length - one.length)
	.join('|')})`;
/** ORDINAL matches which one: `3rd`, `third`. */
export const ORDINAL = `(?:\\d{1,2}(?:st|nd|rd|th)|${Object.keys(ORDINALS).join('|')})`;

/** countOf reads what COUNT matched. */
export function countOf(word: string): number {
	return WORDS[word] ?? Number(word);
}

/** ordinalOf reads what ORDINAL matched. */
export function ordinalOf(word: string): number {
	return ORDINALS[word] ?? Number.parseInt(word, 10);
}
