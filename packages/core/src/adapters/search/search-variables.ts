import { z } from 'zod';

/** SEARCH_VARIABLES are the environment's words for web search: a Brave key, or the address of an own SearXNG. */
export const SEARCH_VARIABLES = {
	BRAVE_API_KEY: z
		.string()
		.regex(/^[\x21-\x7e]{1,500}$/, 'must be printable characters without spaces')
		.optional(),
	/** The root of Brave's API, or of what stands in for it. */
	BRAVE_API_URL: address('https://api.search.brave.com').default('https://api.search.brave.com'),
	SEARXNG_URL: address('http://127.0.0.1:8888').optional(),
} as const;

/** SearchVariables are the same, parsed. */
export interface SearchVariables {
	readonly BRAVE_API_KEY?: string | undefined;
	readonly BRAVE_API_URL: string;
	readonly SEARXNG_URL?: string | undefined;
}

function address(example: string) {
	return z
		.string()
		.refine(isRoot, `must be an http or https address without query, such as ${example}`)
		.transform((text) => text.replace(/\/+$/, ''));
}

function isRoot(text: string): boolean {
	if (!URL.canParse(text)) return false;
	const url = new URL(text);
	return /^https?:$/.test(url.protocol) && url.hostname !== '' && !url.search && !url.hash && !url.username;
}
