/** SearchHit is one result of a web search, as its provider ranks and words it: all of it is untrusted. */
export interface SearchHit {
	readonly title: string;
	readonly url: string;
	readonly snippet: string;
	/** ISO 8601, if the provider knows one. */
	readonly date?: string | undefined;
}

/** SearchQuery is what to look for; `limit` is the most hits wanted. */
export interface SearchQuery {
	readonly text: string;
	readonly limit: number;
	/** Only pages of the last so many days. */
	readonly maxAgeDays?: number | undefined;
	/** ISO 639-1, such as `en`. */
	readonly language?: string | undefined;
}

/**
 * IWebSearch finds pages. It rejects with CoreError `fetch-failed` or `rate-limited` (with `retryAfterMs` if known), which
 * may pass, or `invalid-config` (a key that is not taken).
 */
export interface IWebSearch {
	readonly name: string;
	search(query: SearchQuery, options: { readonly signal: AbortSignal }): Promise<readonly SearchHit[]>;
}
