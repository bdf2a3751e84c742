import { type Fact, labelText } from './fact.ts';
import { footnoteMarks, plainText } from './inline.ts';
import { splitItems } from './items.ts';
import type { Lexicon, Meaning } from './lexicon.ts';
import { figureKind, readValue } from './read-value.ts';
import { type Standing, standingOf, standingOfHeading } from './standing.ts';

/** Reader is what every way of finding facts needs to know of the document it reads. */
export interface Reader {
	readonly lexicon: Lexicon;
	/** The year the document speaks from. */
	readonly year: number;
}

/** Labelled is a label with its value, as a table row or a line with a colon gives them. */
export interface Labelled {
	readonly label: string;
	readonly value: string;
	readonly quote: string;
	readonly section: readonly string[];
	readonly origin: 'table' | 'pair';
	readonly meaning?: Meaning | undefined;
	readonly variant?: string | undefined;
	/** What the column or the paragraph around says of it. */
	readonly standing?: Standing | undefined;
}

/** labelledFacts reads the facts of one label and value. */
export function labelledFacts(reader: Reader, given: Labelled): Fact[] {
	const label = labelText(plainText(given.label));
	const meaning = given.meaning ?? meaningUnder(reader, label, given.section);
	const around = weaker(given.standing ?? 'current', standingAround(label, given.section, reader.year));
	const shared = {
		label,
		section: given.section,
		marks: [...new Set([...footnoteMarks(given.label), ...footnoteMarks(given.value)])],
		...(meaning && { meaning }),
		...(given.variant !== undefined && { variant: given.variant }),
	};
	if (meaning?.criterion.expects === 'list') {
		return splitItems(plainText(given.value)).map((item) => ({
			...shared,
			value: item,
			amounts: [],
			standing: weaker(around, standingOf(item, reader.year) === 'example' ? 'example' : 'current'),
			changed: false,
			origin: 'list',
			quotes: [given.quote],
		}));
	}
	const kind = figureKind(meaning?.criterion.expects);
	return readValue(given.value, kind, reader.year).map((reading) => ({
		...shared,
		...reading,
		standing: weaker(around, reading.standing),
		origin: given.origin,
		quotes: [given.quote],
	}));
}

/** meaningUnder also looks at the heading: "Contents | $80,000" under "Limits of cover" is a limit. */
export function meaningUnder(reader: Reader, label: string, section: readonly string[]): Meaning | undefined {
	const own = reader.lexicon.meaningOf(label);
	const scope = reader.lexicon.scopeIn(label);
	if (own !== undefined || scope === undefined) return own;
	const above = reader.lexicon.meaningOf(labelText(section.at(-1) ?? ''));
	return above?.criterion.scoped ? { criterion: above.criterion, scope: scope.id, base: scope.base } : undefined;
}

/** standingAround is what label and headings say about everything under them. */
export function standingAround(label: string, section: readonly string[], year: number): Standing {
	let standing = label === '' ? 'current' : standingOf(label, year);
	for (const heading of section.slice(-2)) standing = weaker(standing, standingOfHeading(heading));
	return standing;
}

/** weaker keeps whichever standing says "does not hold". */
export function weaker(one: Standing, other: Standing): Standing {
	return one === 'current' ? other : one;
}
