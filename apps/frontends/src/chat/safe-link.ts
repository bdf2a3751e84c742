/** SafeLink is a link that may be shown: where it leads, and words that do not claim that it leads elsewhere. */
export interface SafeLink {
	readonly href: string;
	readonly words: string;
	/** The words are the address itself. */
	readonly bare: boolean;
}

/** safeLink reads a link's address and words; undefined for an address that leads to no page (`javascript:`, `tg:`, `data:`, a relative one). */
export function safeLink(address: string, words: string): SafeLink | undefined {
	const url = address.length > LONGEST ? null : URL.parse(address);
	if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '') return undefined;
	// `https://bank.example@elsewhere.example/` leads elsewhere.
	url.username = '';
	url.password = '';
	const href = url.href.replace(/[<>"`()\\|\s]/g, percent);
	const said = words.trim();
	if (said === '' || isSame(said, url)) return { href, words: href, bare: true };
	const honest = hostsIn(said).every((host) => sameHost(host, url.hostname));
	return { href, words: honest ? said : `${said} (${url.hostname})`, bare: false };
}

/** Longer addresses are no use in a chat. */
const LONGEST = 2_000;

function percent(character: string): string {
	return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

function isSame(words: string, url: URL): boolean {
	const said = URL.parse(words) ?? URL.parse(`https://${words}`);
	return said !== null && said.host === url.host && said.pathname === url.pathname && said.search === url.search;
}

/** Whatever looks like a host in words that a person reads. */
function hostsIn(words: string): string[] {
	const plain = words
		.normalize('NFKC')
		.toLowerCase()
		.replace(/[\p{Cf}]/gu, '');
	return plain.match(/[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){0,8}\.\p{L}{2,24}(?![\p{L}\p{N}])/gu) ?? [];
}

function sameHost(said: string, real: string): boolean {
	const host = URL.parse(`https://${said}`)?.hostname.replace(/^www\./, '');
	const there = real.replace(/^www\./, '');
	return host !== undefined && (there === host || there.endsWith(`.${host}`));
}
