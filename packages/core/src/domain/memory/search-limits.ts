/** SEARCH_LIMITS bound one search of what is remembered. */
export const SEARCH_LIMITS = {
	/** How deep each ranking goes before they are joined. */
	candidates: 50,
	found: 50,
} as const;
