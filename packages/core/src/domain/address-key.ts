/**
 * addressKey is the same for addresses of one page: without scheme, `www.`, fragment, closing slash and what only tracks the
 * reader; undefined for what is no http(s) address.
 */
export function addressKey(address: string): string | undefined {
	if (!URL.canParse(address)) return undefined;
	const url = new URL(address);
	if (!isWebAddress(url)) return undefined;
	const host = url.host.replace(/^www\./, '').replace(/\.(?=:|$)/, '');
	const path = url.pathname.replace(/\/(?:index\.(?:html?|php)|default\.aspx)$/i, '/').replace(/\/+$/, '');
	const query = [...url.searchParams]
		.filter(([name]) => !TRACKS.test(name))
		.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
		.sort();
	return `${host}${path}${query.length === 0 ? '' : `?${query.join('&')}`}`;
}

/** isWebAddress tells addresses that can be read over the web from `mailto:`, `javascript:` and the like. */
export function isWebAddress(url: URL): boolean {
	return (url.protocol === 'http:' || url.protocol === 'https:') && url.hostname !== '';
}

const TRACKS =
	/^(?:utm_\w+|fbclid|gclid|gclsrc|dclid|msclkid|yclid|twclid|igshid|mc_[ce]id|_ga|_gl|ref_?src|ref_url|cmpid|ito|s_cid|spm|at_(?:medium|campaign)|ns_\w+|wt\.?mc_\w+|__twitter_impression|guccounter|guce_\w+)$/i;
