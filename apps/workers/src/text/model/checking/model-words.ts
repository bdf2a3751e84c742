import { type AddressBook, addressBookOf, withSourcedAddresses } from './verify-addresses.ts';

/** NO_ADDRESSES is for words in which no address has a place. */
export const NO_ADDRESSES: AddressBook = addressBookOf([]);

/** PlainWords are words of a model on one line, without addresses of its own. */
export interface PlainWords {
	readonly text: string;
	readonly removed: readonly string[];
}

/** plainWords reads a short text that a model wrote as bare words. */
export function plainWords(written: string, book: AddressBook, most: number): PlainWords {
	const { markdown, removed } = withSourcedAddresses(written.slice(0, most * 4), book);
	const text = markdown
		.replace(/\\(?=[^\w\s])/g, '')
		.replace(/\[([^[\]]{1,500})\]\([^()\s]{0,2000}\)/g, '$1')
		.replace(/(\*\*\*|\*\*|__|`)(?=\S)([^\n]{1,2000}?)\1/g, '$2')
		.replace(/\s+/g, ' ')
		.trim();
	return { text: text.length <= most ? text : `${text.slice(0, most - 1).trimEnd()}…`, removed };
}

/** quotedIn puts words of strangers into a sentence of ours: short, on one line, without markup and addresses. */
export function quotedIn(words: string, most = 160): string {
	const plain = withSourcedAddresses(words.slice(0, most * 4), NO_ADDRESSES)
		.markdown.replace(/[\\`*_[\]<>|~#]/g, ' ')
		.replace(/\s+/g, ' ')
		.trim();
	return `“${plain.length <= most ? plain : `${plain.slice(0, most - 1).trimEnd()}…`}”`;
}
