/** MEMORY_LIMITS bound what is remembered of one person. */
export const MEMORY_LIMITS = {
	/** Characters of one entry. */
	text: 2_000,
	facts: 1_000,
	/** The oldest make room. */
	results: 5_000,
	origins: 50,
	/** Tasks whose results were forgotten, so that they do not come back. */
	forgottenSources: 500,
} as const;
