import { plainText } from '../../facts/inline.ts';
import { meaningOf, termsOf } from '../../terms.ts';

/**
 * sharesWords tells whether a statement speaks of what its evidence speaks of at all: one telling word, name or number in
 * common is enough. A statement in another script than its evidence cannot be judged, and passes.
 */
export function sharesWords(statement: string, evidence: readonly string[]): boolean {
	const own = termsOf(statement).map(meaningOf);
	if (own.length === 0 || LATIN.test(statement) !== LATIN.test(evidence[0] ?? '')) return true;
	const known = new Set(evidence.flatMap((words) => termsOf(plainText(words)).map(meaningOf)));
	return own.some((meaning) => known.has(meaning));
}

const LATIN = /\p{Script=Latin}{3}/u;
