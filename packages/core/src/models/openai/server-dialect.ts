/** ServerDialect is what is known of one server's ways; what it does not take is learnt from its refusals. */
export interface ServerDialect {
	/** Which of its APIs is spoken; the other one is fallen back on where this one is not there. */
	readonly api: 'chat' | 'responses';
	/** How it is asked for JSON: by schema, as any object with the schema in the prompt, or by the prompt alone. */
	readonly output: 'schema' | 'object' | 'prompt';
	readonly bound: 'max_completion_tokens' | 'max_tokens';
	readonly streamUsage: boolean;
	/** Tokens that the model thinks with before it writes; they count against the same bound. */
	readonly thinkingTokens: number;
}

/** firstDialect is how a server is spoken to that nothing is known of: OpenAI's own by its manual, others by what nearly all of them know. */
export function firstDialect(baseUrl: string): ServerDialect {
	// Servers that do not know max_completion_tokens ignore it, and a reply without a bound may never end.
	const bound = isOpenAi(baseUrl) ? 'max_completion_tokens' : 'max_tokens';
	return { api: 'chat', output: 'schema', bound, streamUsage: true, thinkingTokens: 0 };
}

/** isOpenAi tells OpenAI's own service from the many that speak like it. */
export function isOpenAi(baseUrl: string): boolean {
	return URL.canParse(baseUrl) && /(?:^|\.)openai\.(?:com|azure\.com)$/.test(new URL(baseUrl).hostname);
}

/** Refusal is what a server said to a request it did not take (400 or 422). */
export interface Refusal {
	readonly words: string;
	readonly askedForJson: boolean;
}

/**
 * simplerDialect is what to try next after a refusal, undefined when there is nothing left to change. What the words name
 * is changed; words that name nothing are taken for a refusal of the way JSON is asked for, which servers differ in most.
 */
export function simplerDialect(dialect: ServerDialect, { words, askedForJson }: Refusal): ServerDialect | undefined {
	if (/context.{0,12}(?:length|window|size)|too (?:long|large)|content.?(?:policy|filter)|safety/i.test(words))
		return undefined;
	if (/max_completion_tokens/.test(words) || /max_tokens/.test(words)) {
		// The parameter that is refused is named first, then the one to use instead.
		const refused = /max_completion_tokens|max_tokens/.exec(words)?.[0];
		const unknown = /unsupported|not supported|unrecogni[sz]ed|unknown|unexpected|extra|not permitted|instead/i.test(
			words,
		);
		if (!unknown || refused !== dialect.bound) return undefined;
		return { ...dialect, bound: refused === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens' };
	}
	if (/stream_options|include_usage/.test(words)) {
		return dialect.streamUsage ? { ...dialect, streamUsage: false } : undefined;
	}
	return askedForJson ? simplerOutput(dialect) : undefined;
}

/** simplerOutput steps down how JSON is asked for; undefined below the prompt alone. */
export function simplerOutput(dialect: ServerDialect): ServerDialect | undefined {
	if (dialect.output === 'prompt') return undefined;
	return { ...dialect, output: dialect.output === 'schema' ? 'object' : 'prompt' };
}
