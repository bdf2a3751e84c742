import type { Document } from '@errand/core/domain/document.ts';
import { plainText } from '../../facts/inline.ts';
import { escapeMarkdown } from '../../facts/source-marks.ts';
import { nameSource } from '../../writing/name-source.ts';
import type { Contradiction } from '../reading/weigh-by-rules.ts';
import type { Grounds } from './grounds.ts';

/** MarkedContradiction is a contradiction between two things that may be cited. */
export interface MarkedContradiction {
	readonly about: string;
	readonly sides: Contradiction['sides'];
	readonly marks: readonly [number, number];
}

/** markContradictions keeps the contradictions whose sides both have a mark. */
export function markContradictions(contradictions: readonly Contradiction[], grounds: Grounds): MarkedContradiction[] {
	const marks = new Map(
		grounds.points.flatMap((group) => group.map(({ statement, mark }) => [statement, mark] as const)),
	);
	return contradictions.flatMap(({ about, sides }): MarkedContradiction[] => {
		const [one, other] = [marks.get(sides[0]), marks.get(sides[1])];
		return one === undefined || other === undefined ? [] : [{ about, sides, marks: [one, other] }];
	});
}

/** tellContradiction puts both sides next to each other in their own words, with the marks of the grounds. */
export function tellContradiction({ sides, marks }: MarkedContradiction, documents: readonly Document[]): string {
	const [one, other] = sides.map(({ document, quote }, at) => {
		const source = documents[document];
		const name = source === undefined ? 'A source' : escapeMarkdown(nameSource(source));
		return `${name}: “${escapeMarkdown(plainText(quote))}” [${marks[at]}]`;
	});
	return `- ${one} — but ${other}`;
}
