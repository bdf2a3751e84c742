import { plainText } from '../../facts/inline.ts';
import { meaningOf, termsOf } from '../../terms.ts';

/**
 * sharesWords tells whether a statement speaks of what its evidence speaks of at all: one telling word, name or number in
 * common is enough, but of several that are not those of the `topic`, which is in every sentence. A statement in another
 * script than its evidence cannot be judged, and passes.
 */
export function sharesWords(statement: string, evidence: readonly string[], topic = ''): boolean {
	const all = [...new Set(termsOf(statement).map(meaningOf))];
	if (all.length === 0 || LATIN.test(statement) !== LATIN.test(evidence[0] ?? '')) return true;
	const common = new Set(termsOf(topic).map(meaningOf));
	const own = all.filter((meaning) => !common.has(meaning));
	const known = new Set(evidence.flatMap((words) => termsOf(plainText(words)).map(meaningOf)));
	return (own.length >= ENOUGH ? own : all).some((meaning) => known.has(meaning));
}

/** Of fewer words a fair wording may share none. */
const ENOUGH = 3;
const LATIN = /\p{Script=Latin}{3}/u;
