import type { LinkCandidate } from './link-candidates.ts';
import { isSameHost } from './useless-links.ts';

/** nextPageOf gives the number of the page a list goes on with, if that is where a link leads; other pages of it follow from there. */
export function nextPageOf({ url, anchor, from }: Pick<LinkCandidate, 'url' | 'anchor' | 'from'>): number | undefined {
	const address = new URL(url);
	if (from.url === undefined || !URL.canParse(from.url) || !isSameHost(address, from.url)) return undefined;
	const here = new URL(from.url);
	const current = pageNumber(here) ?? 1;
	const number = pageNumber(address);
	if (number === undefined || number !== current + 1) return undefined;
	const isNamed =
		/^\W*(?:next|older|more|continue|page|weiter|suivant|siguiente|›|»|→|>)?(?: (?:page|posts|entries|results|\d{1,4}))?\W*\d{0,4}\W*$/i;
	return listOf(here) === listOf(address) && isNamed.test(anchor) ? number : undefined;
}

const IN_QUERY = /^(?:page|p|pg|paged|seite|pagina|pageno)$/i;
const IN_PATH = /\/(?:page|seite|p)[/-]?(\d{1,4})\/?$/i;

function pageNumber(url: URL): number | undefined {
	const named = [...url.searchParams].find(([name, value]) => IN_QUERY.test(name) && /^\d{1,4}$/.test(value))?.[1];
	const number = named ?? IN_PATH.exec(url.pathname)?.[1];
	return number === undefined ? undefined : Number(number);
}

/** The list without the number of its page. */
function listOf({ pathname, searchParams }: URL): string {
	const rest = [...searchParams].filter(([name]) => !IN_QUERY.test(name)).map(([name, value]) => `${name}=${value}`);
	return `${pathname.replace(IN_PATH, '').replace(/\/$/, '')}?${rest.sort().join('&')}`;
}
