import { type AddressBook, addressBookOf } from './verify-addresses.ts';

/** Quoted is words of a page, or of a file, which has no address. */
export interface Quoted {
	readonly url: string | undefined;
	readonly words: readonly string[];
}

/**
 * addressesIn lists the addresses that a model may repeat from quotes: those of the pages themselves, of places on the same
 * site, and those in files. Where a page sends its readers to another site, the person shall go there from the page, not
 * from an answer: a link that somebody wants to have passed on looks just like this.
 */
export function addressesIn(quoted: readonly Quoted[]): AddressBook {
	const books = quoted.map(({ url, words }) => {
		const host = hostOf(url);
		const markdown = words.join('\n\n');
		const book = addressBookOf([{ url, links: [], markdown }]);
		return {
			has: (address: string) => book.has(address) && (host === undefined || address === url || isOn(host, address)),
		};
	});
	return { has: (address) => books.some((book) => book.has(address)) };
}

function hostOf(url: string | undefined): string | undefined {
	return url !== undefined && URL.canParse(url) ? bare(new URL(url).hostname) : undefined;
}

/** The same host, or one below it; mail addresses go by what is behind the sign. */
function isOn(host: string, address: string): boolean {
	const place = address.replace(/^(?:[a-z][a-z0-9+.-]*:)?\/\/|^mailto:/i, '');
	const own = bare(
		(/^[^/?#]*/.exec(place)?.[0] ?? '')
			.replace(/^.*@/, '')
			.replace(/:\d+$/, '')
			.replace(/[.,;:!?'’)*_]+$/, ''),
	);
	return own === host || own.endsWith(`.${host}`);
}

function bare(host: string): string {
	return host.toLowerCase().replace(/^www\./, '');
}
