/** TokenUsage is what a completion cost, as clients count it. */
export interface TokenUsage {
	readonly input: number;
	readonly output: number;
}

const CHARACTERS_PER_TOKEN = 4;

/**
 * tokenUsage splits what a task cost into what went in and what came out. Where models counted, their total is kept and the
 * answer's share is reckoned from its length; where nothing was counted, both are reckoned from the words.
 */
export function tokenUsage(spent: {
	readonly tokens: number;
	readonly asked: string;
	readonly answered: string;
}): TokenUsage {
	const output = tokensIn(spent.answered);
	if (spent.tokens === 0) return { input: tokensIn(spent.asked), output };
	const share = Math.min(output, spent.tokens);
	return { input: spent.tokens - share, output: share };
}

function tokensIn(text: string): number {
	return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}
