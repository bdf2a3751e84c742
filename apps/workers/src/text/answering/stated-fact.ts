import type { Document } from '@errand/core/domain/document.ts';
import type { Offer, Row } from '../comparison/cell.ts';
import { coverageCell } from '../comparison/coverage.ts';
import { settle } from '../comparison/settle.ts';
import { findFacts } from '../facts/find-facts.ts';
import { type Lexicon, lexiconOf } from '../facts/lexicon.ts';
import { quoteIsVerbatim } from '../facts/quote.ts';
import { vocabularyFor } from '../facts/vocabulary.ts';
import { termsOf } from '../terms.ts';

/** StatedFact is what one document of a known kind (a policy, a tariff, a computer, a flat) says about what was asked. */
export interface StatedFact {
	readonly document: Document;
	/** What it is called: "Deductible". */
	readonly name: string;
	readonly value: string;
	readonly note?: string | undefined;
	/** Verbatim. */
	readonly quotes: readonly string[];
}

/** FactReader answers questions that ask for one thing such documents state, telling today's figure from old and invented ones. */
export interface FactReader {
	answer(question: string): StatedFact[];
}

/** readStatedFacts prepares documents for such questions; their facts are read when the first one comes. */
export function readStatedFacts(documents: readonly Document[]): FactReader {
	const known = documents.flatMap((document) => {
		const vocabulary = vocabularyFor([document.markdown]);
		return vocabulary.domain === 'general' ? [] : [{ document, lexicon: lexiconOf(vocabulary) }];
	});
	const offers = new Map<Document, Offer>();
	const offerOf = (document: Document, lexicon: Lexicon) => {
		const offer = offers.get(document) ?? { name: document.title, document, facts: findFacts(document, lexicon) };
		offers.set(document, offer);
		return offer;
	};
	return {
		answer: (question) =>
			known.flatMap(({ document, lexicon }) => {
				const row = rowFor(question, lexicon, document);
				return row === undefined ? [] : statedIn(row, offerOf(document, lexicon), lexicon);
			}),
	};
}

function statedIn(row: Row, offer: Offer, lexicon: Lexicon): StatedFact[] {
	const cell = row.topic === undefined ? settle(row, offer) : coverageCell(row.topic, offer, lexicon);
	const quotes = cell.quotes.filter((quote) => quoteIsVerbatim(offer.document, quote));
	if (cell.value === null || quotes.length === 0) return [];
	return [{ document: offer.document, name: row.name, value: cell.value, note: cell.note, quotes }];
}

const ASKS_COVER =
	/\b(?:cover(?:s|ed|age)?|insured?|insures|protect(?:s|ed|ion)?|includ(?:e|es|ed)|support(?:s|ed)?|have|has)\b/i;
const ASKS_EXCLUSIONS =
	/\b(?:not|isn['’]t|aren['’]t) (?:covered|insured|included|paid)\b|\bexclu(?:ded|sions?)\b|\bdoes(?:n['’]t| not) (?:it |the \w+ )?(?:cover|include|pay)\b/i;

/** The row of a comparison that a question asks for, if it asks for nothing beyond it. */
function rowFor(question: string, lexicon: Lexicon, document: Document): Row | undefined {
	const { vocabulary } = lexicon;
	const topic = lexicon.topicOf(question);
	if (topic !== undefined && ASKS_COVER.test(question) && asksOnly(question, [topic.name, ...topic.words], document)) {
		return { key: `topic:${topic.id}`, name: topic.name, topic, keys: new Set() };
	}
	const exclusions = vocabulary.criteria.find(({ id }) => id === 'exclusions');
	if (
		exclusions !== undefined &&
		ASKS_EXCLUSIONS.test(question) &&
		asksOnly(question, ['exclusions excluded'], document)
	) {
		return { key: exclusions.id, name: exclusions.name, criterion: exclusions, keys: new Set([exclusions.id]) };
	}
	const [anchor] = lexicon.anchorsIn(question);
	if (anchor === undefined) return undefined;
	const { criterion } = anchor;
	const scope = criterion.scoped ? lexicon.scopeIn(question) : undefined;
	const words = [
		question.slice(anchor.start, anchor.end),
		...(scope === undefined ? [] : scopeWords(lexicon, scope.id)),
	];
	if (!asksOnly(question, words, document)) return undefined;
	const scoped = scope !== undefined && !scope.base;
	const key = scoped ? `${criterion.id}/${scope.id}` : criterion.id;
	return { key, name: scoped ? `${criterion.name} (${scope.name})` : criterion.name, criterion, keys: new Set([key]) };
}

function scopeWords({ vocabulary }: Lexicon, id: string): readonly string[] {
	return vocabulary.scopes.find((scope) => scope.id === id)?.words ?? [];
}

/** Words that any question about such a document may hold. */
const COMMON = new Set(
	termsOf(
		'policy insurance cover covered insured plan tariff offer contract product document price cost pay much long high expensive include have total yearly annual monthly per year month',
	),
);

function asksOnly(question: string, words: readonly string[], document: Document): boolean {
	const allowed = new Set([...termsOf(words.join(' ')), ...termsOf(document.title)]);
	return termsOf(question).every((term) => allowed.has(term) || COMMON.has(term));
}
