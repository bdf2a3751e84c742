import type { Source } from '@errand/core/domain/capability.ts';
import type { Document } from '@errand/core/domain/document.ts';
import type { Reply } from '../../answering/reply.ts';
import { escapeMarkdown, sourceIn } from '../../facts/source-marks.ts';
import { isOrder } from '../../orders.ts';
import { inventedNames } from '../checking/invented-names.ts';
import { plainWords } from '../checking/model-words.ts';
import { type AddressBook, addressBookOf } from '../checking/verify-addresses.ts';
import { unsupportedFigures } from '../checking/verify-figures.ts';
import { verifiedQuote } from '../checking/verify-quote.ts';
import type { GivenAnswers } from './ask-answers.ts';

/** CheckedAnswer is a model's answer that its documents bear out, or why it was dropped, in the middle of a sentence. */
export type CheckedAnswer =
	| { readonly reply: Reply; readonly quotes: readonly AnswerQuote[]; readonly removed: readonly string[] }
	| { readonly dropped: string };

/** AnswerQuote is a quote as it stands in its document (counted from 1). */
export interface AnswerQuote {
	readonly document: number;
	readonly quote: string;
}

/** AnswerChecker checks answers against the same documents. */
export class AnswerChecker {
	private readonly documents: readonly Document[];
	private readonly book: AddressBook;

	constructor(documents: readonly Document[]) {
		this.documents = documents;
		this.book = addressBookOf(documents);
	}

	/** Unverified quotes are left out; an answer needs one that stands, and all its figures and names in what is left. */
	check(question: string, given: GivenAnswers['answers'][number]): CheckedAnswer {
		const quotes = this.quotesOf(given);
		if (quotes.length === 0) return { dropped: 'its quotes are not in the documents' };
		const { text, removed } = plainWords(given.answer ?? '', this.book, 2_000);
		const words = quotes.map(({ quote }) => quote);
		const missing = unsupportedFigures(text, [...words, question]);
		if (text === '' || isOrder(text)) return { dropped: 'it is no answer' };
		if (missing.length > 0) return { dropped: `its quotes do not say ${missing.slice(0, 3).join(', ')}` };
		const sources = quotes.flatMap(({ document, quote }) => this.sourceOf(document, quote));
		const known = [question, ...words, ...this.documents.flatMap(({ title, markdown }) => [title, markdown])];
		const [name] = inventedNames(text, known);
		if (name !== undefined) return { dropped: `the documents do not name ${name}` };
		const confidence = given.certain ? 'stated' : 'likely';
		return {
			quotes,
			removed,
			reply: {
				answer: { question, answer: text, confidence, sources },
				isFact: false,
				render: (marks) =>
					`${given.certain ? '' : 'Probably: '}${escapeMarkdown(text)} ${sources.map((source) => marks.of(source)).join('')}`,
			},
		};
	}

	private quotesOf({ quotes }: GivenAnswers['answers'][number]): AnswerQuote[] {
		const found = quotes.slice(0, MAX_QUOTES * 2).flatMap(({ document: number, quote }) => {
			const document = this.documents[number - 1];
			const words = document === undefined ? undefined : verifiedQuote(quote, document);
			return words === undefined || isOrder(words) ? [] : [{ document: number, quote: words }];
		});
		return [...new Map(found.map((one) => [`${one.document} ${one.quote}`, one])).values()].slice(0, MAX_QUOTES);
	}

	private sourceOf(number: number, quote: string): Source[] {
		const document = this.documents[number - 1];
		return document === undefined ? [] : [sourceIn(document, quote)];
	}
}

const MAX_QUOTES = 6;
