import type { Document } from '@errand/core/domain/document.ts';
import { findFacts } from '../facts/find-facts.ts';
import { type Lexicon, lexiconOf } from '../facts/lexicon.ts';
import { quoteIsVerbatim } from '../facts/quote.ts';
import { vocabularyFor } from '../facts/vocabulary.ts';
import type { Cell, Offer } from './cell.ts';
import { coverageCell } from './coverage.ts';
import type { Grid } from './grid.ts';
import { type Need, readNeed, wishesOnLabels } from './needs.ts';
import { nameOffers } from './offer-names.ts';
import { chooseRows } from './rows.ts';
import { settle } from './settle.ts';

/** What to compare, and for whom. */
export interface ComparisonRequest {
	readonly items: readonly Document[];
	readonly names?: readonly string[] | undefined;
	readonly criteria?: readonly string[] | undefined;
	readonly need?: string | undefined;
	/** The day (ISO 8601) to compare for: later changes are not in force yet. */
	readonly asOf?: string | undefined;
}

/** LinedUp is what fixed rules read from the documents, and what they understood of the need. */
export interface LinedUp {
	readonly grid: Grid;
	readonly need: Need;
	readonly lexicon: Lexicon;
}

/** lineUp reads what the documents state, row by row, with the words that state it. */
export function lineUp(request: ComparisonRequest): LinedUp {
	const lexicon = lexiconOf(vocabularyFor(request.items.map((document) => document.markdown)));
	const names = nameOffers(request.items, request.names ?? []);
	const offers: Offer[] = request.items.map((document, index) => ({
		name: names[index] ?? document.title,
		document,
		facts: findFacts(document, lexicon, request.asOf),
	}));
	const need = readNeed(request.need ?? '', lexicon);
	const rows = chooseRows(offers, lexicon, {
		criteria: request.criteria ?? [],
		needed: [...need.wishes, ...need.bounds].map((one) => one.key),
		topics: need.topics,
	});
	const cells = rows.map((row) =>
		offers.map((offer) => {
			const cell = row.topic === undefined ? settle(row, offer, request.asOf) : coverageCell(row.topic, offer, lexicon);
			return verified(cell, offer.document);
		}),
	);
	const wishes = [...need.wishes, ...wishesOnLabels(request.need ?? '', rows)];
	return { grid: { offers, rows, cells }, need: { ...need, wishes }, lexicon };
}

/** A claim whose words do not stand in its document is dropped. */
function verified(cell: Cell, document: Document): Cell {
	const quotes = cell.quotes.filter((quote) => quoteIsVerbatim(document, quote));
	if (quotes.length === cell.quotes.length) return cell;
	return quotes[0] === cell.quotes[0] ? { ...cell, quotes } : { value: null, quotes: [] };
}
