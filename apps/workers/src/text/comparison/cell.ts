import type { Document } from '@errand/core/domain/document.ts';
import type { Amount } from '../facts/amounts.ts';
import type { Fact } from '../facts/fact.ts';
import type { Criterion, Topic } from '../facts/vocabulary.ts';

/** Offer is one of the things compared: a document, what people call it, and the facts it states. */
export interface Offer {
	readonly name: string;
	readonly document: Document;
	readonly facts: readonly Fact[];
}

/** Row is one line of the comparison: a criterion of the vocabulary, a topic, or a label that the documents share. */
export interface Row {
	readonly key: string;
	readonly name: string;
	readonly criterion?: Criterion;
	readonly topic?: Topic;
	/** Keys of `factKey` that belong to it. */
	readonly keys: ReadonlySet<string>;
}

/** Cell is what one offer says about one row; `value` is null when it does not say. */
export interface Cell {
	readonly value: string | null;
	readonly note?: string;
	/** Verbatim, the one that states the value first. */
	readonly quotes: readonly string[];
	/** What scores: a figure brought to a common basis. */
	readonly figure?: { readonly value: number; readonly unit: string; readonly kind: Amount['kind'] };
	/** For topics. */
	readonly coverage?: Coverage;
	/** A contradiction inside the document, in a sentence. */
	readonly conflict?: string;
}

/** Coverage is whether an offer includes a topic. */
export type Coverage = 'yes' | 'no' | 'optional';

/** factKey groups facts that speak of the same thing. */
export function factKey(fact: Fact, normalLabel: (label: string) => string): string {
	const { meaning } = fact;
	if (meaning === undefined) return `~${normalLabel(fact.label)}`;
	return meaning.scope === undefined || meaning.base
		? meaning.criterion.id
		: `${meaning.criterion.id}/${meaning.scope}`;
}
