import type { IClock } from '../../ports/clock.ts';
import type { IWebSearch } from '../../ports/web-search.ts';
import { BraveSearch } from './brave-search.ts';
import type { SearchVariables } from './search-variables.ts';
import { SearxngSearch } from './searxng-search.ts';

/** openSearch makes the search provider that is configured: Brave where there is a key for it, else an own SearXNG, else none. */
export function openSearch(variables: SearchVariables, clock: Pick<IClock, 'now'>): IWebSearch | undefined {
	const { BRAVE_API_KEY: key, BRAVE_API_URL, SEARXNG_URL } = variables;
	if (key !== undefined) return new BraveSearch({ key, root: BRAVE_API_URL, clock });
	return SEARXNG_URL === undefined ? undefined : new SearxngSearch({ root: SEARXNG_URL, clock });
}
