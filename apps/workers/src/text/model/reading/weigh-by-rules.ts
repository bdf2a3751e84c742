import type { Corpus } from '../../corpus.ts';
import { plainText } from '../../facts/inline.ts';
import { findFigures } from '../../figures.ts';
import type { Passage } from '../../passages.ts';
import { overlap } from '../../ranking.ts';
import { termsOf } from '../../terms.ts';
import type { Claim } from '../../writing/claims.ts';
import { findDifferences } from '../../writing/differences.ts';
import type { Statement } from './statement.ts';

/** Contradiction is two statements of different documents that cannot both hold, and in a few words what they are about. */
export interface Contradiction {
	readonly about: string;
	readonly sides: readonly [Statement, Statement];
}

/** Weighed is what is left to tell: statements that say the same together, the most telling first, and where they contradict. */
export interface Weighed {
	readonly groups: readonly (readonly Statement[])[];
	readonly contradictions: readonly Contradiction[];
	readonly warnings: readonly string[];
}

/** groupByRules puts statements together that say the same in nearly the same words, with the same figures. */
export function groupByRules(statements: readonly Statement[], { index }: Corpus): Statement[][] {
	const groups: { terms: ReadonlySet<string>; figures: string; own: Statement[] }[] = [];
	for (const statement of statements) {
		const terms = new Set(termsOf(plainText(statement.quote)));
		const figures = figureKeys(statement.quote);
		const same = groups.find((group) => group.figures === figures && overlap(group.terms, terms, index.weight) > 0.8);
		if (same === undefined) groups.push({ terms, figures, own: [statement] });
		// Twice in one document is no agreement.
		else if (same.own.every(({ document }) => document !== statement.document)) same.own.push(statement);
	}
	return groups.map(({ own }) => own);
}

/** contradictionsByRules finds where two documents state another figure for the same thing. */
export function contradictionsByRules(
	statements: readonly Statement[],
	{ index }: Corpus,
	topic: string | undefined,
): Contradiction[] {
	const claims = statements.map(claimOf);
	const byClaim = new Map(claims.map((claim, at) => [claim, statements[at]]));
	return findDifferences(claims, topic, index.weight).flatMap(({ one, other }): Contradiction[] => {
		const [first, second] = [byClaim.get(one), byClaim.get(other)];
		return first === undefined || second === undefined ? [] : [{ about: '', sides: [first, second] }];
	});
}

/** onSameSides tells whether two contradictions hold the same words against each other. */
export function onSameSides(one: Contradiction, other: Contradiction): boolean {
	const words = ({ sides }: Contradiction) => sides.map(({ quote }) => quote).sort();
	return words(one).join('\n') === words(other).join('\n');
}

function claimOf({ document, quote }: Statement, at: number): Claim {
	const plain = plainText(quote);
	const passage: Passage = { document, at, block: at, kind: 'sentence', raw: quote, plain, section: [] };
	return { passage, also: [], figures: findFigures(plain), terms: new Set(termsOf(plain)), theme: 'core', score: 1 };
}

function figureKeys(quote: string): string {
	const keys = findFigures(plainText(quote)).map(({ kind, value, unit }) => `${kind} ${value} ${unit}`);
	return [...new Set(keys)].sort().join('; ');
}
