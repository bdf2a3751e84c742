import type { Document } from '@errand/core/domain/document.ts';
import { shortened } from '@errand/core/domain/shortened.ts';
import { plainText } from '../../text/facts/inline.ts';
import { addressBookOf, addressWarnings, withSourcedAddresses } from '../../text/model/checking/verify-addresses.ts';

/**
 * CleanWords takes addresses and images out of what a model wrote that stand nowhere in what it was given: a document may tell a
 * model to put what it knows into an address.
 */
export class CleanWords {
	readonly #book: { has(address: string): boolean };
	readonly #removed: string[] = [];

	constructor(texts: readonly string[]) {
		const documents = texts.map((markdown) => ({ markdown, links: [] as Document['links'] }));
		const known = addressBookOf(documents);
		this.#book = { has: (address) => known.has(address) || PRODUCT.test(address) };
	}

	/** Markdown of at most so many characters. */
	markdown(text: string, most: number): string {
		const { markdown, removed } = withSourcedAddresses(text.slice(0, most * 2), this.#book);
		this.#removed.push(...removed);
		return shortened(markdown.trim(), most);
	}

	/** One line of plain words. */
	line(text: string, most: number): string {
		return shortened(
			plainText(this.markdown(text, most * 2))
				.replace(/\s+/g, ' ')
				.trim(),
			most,
		);
	}

	get warnings(): string[] {
		return addressWarnings(this.#removed);
	}
}

/** Names of software that look like hosts; so short a name carries nothing anywhere. */
const PRODUCT = /^[a-z]{2,12}\.(?:io|net|ai|js|ts|dev|app)$/i;
