import type { Place, Seen } from './platform-driver.ts';

/** saying tests messages by a part of their text. */
export function saying(words: string): (message: Seen) => boolean {
	return ({ text }) => text.includes(words);
}

/** answers are all messages in a place with these words. */
export function answers(place: Pick<Place, 'sees'>, words: string): readonly Seen[] {
	return place.sees().filter(saying(words));
}

/** A choice of the scripted question about colours, as it can be pressed. */
export function labelled({ buttons }: Seen, words: string): string {
	const label = buttons.find((one) => one.toLowerCase().includes(words.toLowerCase()));
	if (label === undefined) throw new Error(`No button "${words}" among ${JSON.stringify(buttons)}.`);
	return label;
}

/** isMarkedRepeated tells whether a message says that it may be there twice. */
export function isMarkedRepeated({ text }: Seen): boolean {
	return /may have this already/i.test(text);
}
