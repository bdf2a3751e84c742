import type { Source } from '@errand/core/domain/capability.ts';
import type { Document } from '@errand/core/domain/document.ts';
import { findFacts } from '../facts/find-facts.ts';
import { lexiconOf } from '../facts/lexicon.ts';
import { quoteIsVerbatim } from '../facts/quote.ts';
import { sourceIn } from '../facts/source-marks.ts';
import { vocabularyFor } from '../facts/vocabulary.ts';
import type { Cell, Offer } from './cell.ts';
import { coverageCell } from './coverage.ts';
import { documentWarnings } from './document-warnings.ts';
import type { Grid, Verdict } from './grid.ts';
import { readNeed, wishesOnLabels } from './needs.ts';
import { nameOffers } from './offer-names.ts';
import { recommend } from './recommend.ts';
import { renderComparison } from './render-comparison.ts';
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

/** Comparison is the table as data and as Markdown. */
export interface Comparison {
	readonly text: string;
	readonly items: { name: string; url?: string; artifact?: string }[];
	readonly criteria: string[];
	readonly cells: ComparedCell[];
	readonly recommendation: { item: string; reasons: string[] } | null;
	readonly sources: Source[];
	readonly warnings: string[];
	readonly method: 'rules';
}

/** ComparedCell is one cell; `quotes[0]` is `quote`, the others support the note or further list items. */
export interface ComparedCell {
	readonly item: string;
	readonly criterion: string;
	readonly value: string | null;
	readonly note?: string;
	readonly quote?: string;
	readonly quotes: string[];
	readonly source: Source | null;
}

/** compareDocuments lines up what documents state and recommends one for a need. Pure: the same documents give the same answer. */
export function compareDocuments(request: ComparisonRequest): Comparison {
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
	const grid: Grid = { offers, rows, cells };
	const verdict = recommend(grid, { ...need, wishes: [...need.wishes, ...wishesOnLabels(request.need ?? '', rows)] });
	const warnings = [...documentWarnings(grid), ...conflicts(grid)];
	const { text, sources } = renderComparison(grid, verdict, warnings);
	return {
		text,
		items: offers.map(({ name, document: { url, artifact } }) => ({
			name,
			...(url !== undefined && { url }),
			...(artifact !== undefined && { artifact }),
		})),
		criteria: rows.map((row) => row.name),
		cells: rows.flatMap((row, at) => offers.map((offer, index) => compared(row.name, offer, cells[at]?.[index]))),
		recommendation: recommendationOf(verdict, grid),
		sources: [...sources],
		warnings: [
			...warnings,
			...verdict.caveats,
			...(verdict.offer === undefined ? [`No recommendation: ${verdict.why}`] : []),
		],
		method: 'rules',
	};
}

/** A claim whose words do not stand in its document is dropped. */
function verified(cell: Cell, document: Document): Cell {
	const quotes = cell.quotes.filter((quote) => quoteIsVerbatim(document, quote));
	if (quotes.length === cell.quotes.length) return cell;
	return quotes[0] === cell.quotes[0] ? { ...cell, quotes } : { value: null, quotes: [] };
}

function compared(criterion: string, offer: Offer, cell: Cell | undefined): ComparedCell {
	const [quote] = cell?.quotes ?? [];
	return {
		item: offer.name,
		criterion,
		value: cell?.value ?? null,
		...(cell?.note !== undefined && { note: cell.note }),
		...(quote !== undefined && { quote }),
		quotes: [...(cell?.quotes ?? [])],
		source: quote === undefined ? null : sourceIn(offer.document, quote),
	};
}

function recommendationOf(verdict: Verdict, grid: Grid): Comparison['recommendation'] {
	if (verdict.offer === undefined) return null;
	return { item: grid.offers[verdict.offer]?.name ?? '', reasons: verdict.reasons.map((reason) => reason.text) };
}

function conflicts(grid: Grid): string[] {
	return grid.rows.flatMap((row, at) =>
		grid.offers.flatMap((offer, index) => {
			const conflict = grid.cells[at]?.[index]?.conflict;
			return conflict === undefined
				? []
				: [`${offer.name} contradicts itself on the ${row.name.toLowerCase()}: it ${conflict}.`];
		}),
	);
}
