import type { Source } from '@errand/core/domain/capability.ts';
import type { Document } from '@errand/core/domain/document.ts';
import { withoutBoilerplate } from './boilerplate.ts';
import { foldWhitespace, quoteIsVerbatim } from './facts/quote.ts';
import { sourceIn } from './facts/source-marks.ts';
import { withoutOrders } from './orders.ts';
import { type Passage, readPassages } from './passages.ts';
import { indexTerms, type TermIndex } from './ranking.ts';

/** Corpus is some documents read for what they say. */
export interface Corpus {
	readonly documents: readonly Document[];
	readonly passages: readonly Passage[];
	readonly index: TermIndex;
	/** What is odd about the documents: no text, cut short, orders to an assistant. */
	readonly warnings: string[];
}

/**
 * readCorpus reads documents without orders to an assistant, and without what surrounds their content unless `frame` says to
 * keep it: a footer is no part of a summary, but it may hold the address that somebody asks for.
 */
export function readCorpus(documents: readonly Document[], { frame = false }: { frame?: boolean } = {}): Corpus {
	const all = documents.flatMap(readPassages);
	const { kept, found } = withoutOrders(all);
	const passages = quotable(frame ? kept : withoutBoilerplate(kept, documents), documents);
	return { documents, passages, index: indexTerms(passages), warnings: warningsOf(documents, all, found) };
}

/** Only what stands in its document word for word may be quoted. In reading order each quote is found right after the one before. */
function quotable(passages: readonly Passage[], documents: readonly Document[]): Passage[] {
	let current = -1;
	let text = '';
	let from = 0;
	return passages.filter(({ document, raw }) => {
		const source = documents[document];
		if (source === undefined) return false;
		if (document !== current) {
			current = document;
			text = foldWhitespace(source.markdown);
			from = 0;
		}
		const at = text.indexOf(foldWhitespace(raw), from);
		if (at >= 0) from = at;
		return at >= 0 || quoteIsVerbatim(source, raw);
	});
}

/** sourceOf points at the document of a passage with its words. */
export function sourceOf({ documents }: Pick<Corpus, 'documents'>, { document, raw }: Passage): Source {
	const source = documents[document];
	return source === undefined ? { title: 'Document', quote: raw } : sourceIn(source, raw);
}

function warningsOf(
	documents: readonly Document[],
	passages: readonly Passage[],
	orders: ReadonlySet<number>,
): string[] {
	const withText = new Set(passages.map(({ document }) => document));
	return documents.flatMap((document, index) => {
		const title = document.title || 'A document';
		const warnings: string[] = [];
		if (!withText.has(index)) warnings.push(`“${title}” has no text.`);
		if (document.truncated) warnings.push(`“${title}” was too long and was read only up to a point.`);
		if (orders.has(index)) {
			warnings.push(`“${title}” contains text that gives orders to an assistant; it was left out, not followed.`);
		}
		return warnings;
	});
}
