import { isJsonObject } from '../json.ts';
import type { Budget, Usage } from './facts.ts';

/** NO_USAGE is what costs nothing. */
export const NO_USAGE: Usage = { tokens: 0, microUsd: 0 };

/** addUsage sums up what two things cost. */
export function addUsage(one: Usage, other: Usage): Usage {
	return { tokens: one.tokens + other.tokens, microUsd: one.microUsd + other.microUsd };
}

/** allowanceOf is what a task may still use before the person is asked. */
export function allowanceOf({ budget, usage }: { readonly budget: Budget; readonly usage: Usage }): Usage {
	return {
		tokens: Math.max(0, budget.maxTokens - usage.tokens),
		microUsd: Math.max(0, budget.maxMicroUsd - usage.microUsd),
	};
}

/** usageOf is what an error says it cost, carried as `usage`; undefined for one that says nothing. */
export function usageOf(error: unknown): Usage | undefined {
	const usage = typeof error === 'object' && error !== null && 'usage' in error ? error.usage : undefined;
	if (!isJsonObject(usage)) return undefined;
	const { tokens, microUsd } = usage;
	return typeof tokens === 'number' && typeof microUsd === 'number' ? { tokens, microUsd } : undefined;
}

/** withUsage lets an error carry what it cost; one that cost nothing stays as it is. */
export function withUsage(error: unknown, usage: Usage): unknown {
	if (usage.tokens === 0 && usage.microUsd === 0) return error;
	return error instanceof Error ? Object.assign(error, { usage }) : error;
}
