import type { Document } from '@errand/core/domain/document.ts';
import { z } from 'zod';
import { plainText } from '../../facts/inline.ts';
import { foldWhitespace } from '../../facts/quote.ts';
import { isOrder, withoutOrders } from '../../orders.ts';
import { type Passage, readPassages } from '../../passages.ts';
import { nameSource } from '../../writing/name-source.ts';
import { addressesIn } from '../checking/addresses-in.ts';
import { plainWords } from '../checking/model-words.ts';
import { sharesWords } from '../checking/shares-words.ts';
import { unsupportedFigures } from '../checking/verify-figures.ts';
import { verifiedQuote } from '../checking/verify-quote.ts';

/** Statement is one thing that a document says, with the words that say it, which stand in the document. */
export interface Statement {
	readonly text: string;
	readonly kind: RawStatement['kind'];
	/** Which of the documents says it. */
	readonly document: number;
	readonly quote: string;
}

/** RAW_STATEMENT is a statement as a model claims it. */
export const RAW_STATEMENT = z.object({
	document: z.int(),
	kind: z.enum(['topic', 'figure', 'deadline', 'obligation', 'risk', 'change', 'question']),
	statement: z.string(),
	quote: z.string(),
});
export type RawStatement = z.infer<typeof RAW_STATEMENT>;

/** Proved is words that stand in a document. */
export interface Proved {
	readonly document: number;
	readonly quote: string;
}

/** StatementCheck holds what models claim of documents against the documents. */
export class StatementCheck {
	readonly #documents: readonly Document[];
	readonly #orders = new Map<number, readonly string[]>();
	readonly #passages: readonly Passage[];
	/** Statements whose quote stands nowhere. */
	unproved = 0;
	/** Statements that gave way to the words they quote, because they said more than those. */
	reworded = 0;

	constructor(documents: readonly Document[], passages: readonly Passage[]) {
		this.#documents = documents;
		this.#passages = passages;
	}

	/** The statement as far as one of these documents bears it out, which it numbers from one; undefined where none has its words. */
	accept(raw: RawStatement, among: readonly number[]): Statement | undefined {
		const proved = this.prove(raw.quote, raw.document, among);
		const text = proved === undefined ? '' : this.wordsOf(raw.statement, [proved]);
		if (proved === undefined || text === '') {
			this.unproved += 1;
			return undefined;
		}
		const { document, quote } = proved;
		if (this.bearsOut(text, [proved])) return { text, kind: raw.kind, document, quote };
		this.reworded += 1;
		return { text: plainText(quote), kind: raw.kind, document, quote };
	}

	/** Finds the words in one of these documents, first in the one of that number; what stands around them in their sentence is quoted too: it may hold a "not". */
	prove(quote: string, named: number, among: readonly number[]): Proved | undefined {
		const first = among[named - 1];
		for (const document of first === undefined ? among : [first, ...among.filter((one) => one !== first)]) {
			const source = this.#documents[document];
			const found = source === undefined ? undefined : verifiedQuote(quote, source);
			if (found === undefined || found.length > MOST_QUOTE || this.#isOrder(document, found)) continue;
			return { document, quote: this.#sentenceAround(document, found) };
		}
		return undefined;
	}

	/** A sentence as bare words, without addresses that what it rests on lacks; empty where it gives orders to an assistant. */
	wordsOf(written: string, proved: readonly Proved[]): string {
		const quoted = proved.map(({ document, quote }) => ({ url: this.#documents[document]?.url, words: [quote] }));
		const { text } = plainWords(written, addressesIn(quoted), MOST_WORDS);
		return isOrder(text) ? '' : text;
	}

	/** Whether words say what a text says, as far as its figures and what it is about can tell. */
	bearsOut(text: string, words: readonly Proved[]): boolean {
		const support = words.flatMap(({ document, quote }) => {
			const source = this.#documents[document];
			return source === undefined ? [quote] : [quote, source.title, nameSource(source)];
		});
		return unsupportedFigures(text, support).length === 0 && sharesWords(text, support);
	}

	#isOrder(document: number, quote: string): boolean {
		const words = foldWhitespace(quote);
		return (
			isOrder(plainText(quote)) ||
			this.#ordersOf(document).some((order) => order.includes(words) || words.includes(order))
		);
	}

	#ordersOf(document: number): readonly string[] {
		const known = this.#orders.get(document);
		if (known !== undefined) return known;
		const source = this.#documents[document];
		const orders = source === undefined ? [] : orderPassages(source).map(({ raw }) => foldWhitespace(raw));
		this.#orders.set(document, orders);
		return orders;
	}

	#sentenceAround(document: number, quote: string): string {
		const around = this.#passages.find(
			({ document: own, raw }) => own === document && raw.length <= MOST_SENTENCE && raw.includes(quote),
		);
		return around?.raw ?? quote;
	}
}

const MOST_WORDS = 600;
const MOST_QUOTE = 1_200;
const MOST_SENTENCE = 500;

function orderPassages(document: Document): Passage[] {
	const all = readPassages(document, 0);
	const { kept, found } = withoutOrders(all);
	if (found.size === 0) return [];
	const left = new Set(kept);
	return all.filter((passage) => !left.has(passage));
}
