import type { Amount } from './amounts.ts';
import type { Meaning } from './lexicon.ts';
import type { Standing } from './standing.ts';

/** Fact is one thing a document says under a label: the value as shown, the figures in it, and the words it was read from. */
export interface Fact {
	readonly label: string;
	readonly meaning?: Meaning;
	/** The column of a table with several offers or years. */
	readonly variant?: string;
	readonly value: string;
	readonly amounts: readonly Amount[];
	readonly standing: Standing;
	/** Says that it replaces something, from this date when one is given. */
	readonly changed: boolean;
	readonly from?: string;
	readonly origin: 'table' | 'pair' | 'sentence' | 'list' | 'footnote';
	/** Verbatim; more than one when a footnote or several list items support the value. */
	readonly quotes: readonly string[];
	/** What a footnote adds or changes, in a few words. */
	readonly note?: string;
	readonly marks: readonly string[];
	readonly section: readonly string[];
}

/** labelText is a label as people say it: without a number in front, a colon behind or its footnote mark. */
export function labelText(plain: string): string {
	return plain
		.replace(/^(?:\d{1,2}(?:\.\d{1,2})*[.)]?|[a-z]\)|[-•*])\s+/i, '')
		.replace(/[\s:.…*†]+$/u, '')
		.trim();
}

/** clip shortens to whole words. */
export function clip(text: string, most: number): string {
	if (text.length <= most) return text;
	const cut = text.slice(0, most - 1);
	const space = cut.lastIndexOf(' ');
	return `${(space > most / 2 ? cut.slice(0, space) : cut).replace(/[\s,;:(]+$/, '')}…`;
}
