/** ModelRoom divides what a model can hold between what it is told, what it reads and what it replies, in tokens. */
export interface ModelRoom {
	readonly part: number;
	readonly reply: number;
}

/** roomOf divides a model's context; `asked` is what the person's request takes of it. */
export function roomOf(contextTokens: number, asked = 0): ModelRoom {
	const reply = between(500, Math.floor(contextTokens / 4), 3_000);
	// The estimate of tokens is a guess, so a seventh stays free.
	const part = between(500, Math.floor((contextTokens - reply - PROMPT_TOKENS - asked) * 0.85), 10_000);
	return { part, reply };
}

const PROMPT_TOKENS = 1_000;

function between(least: number, value: number, most: number): number {
	return Math.min(most, Math.max(least, value));
}
