import type { Budget, Usage } from './facts.ts';

/** DEFAULT_BUDGET is what a task may use before the person is asked: generous for an errand, small enough to stop a runaway. */
export const DEFAULT_BUDGET: Budget = {
	maxRuns: 5_000,
	maxMinutes: 120,
	maxTokens: 2_000_000,
	maxMicroUsd: 5_000_000,
};

/** allowanceOf is what a task may still use before the person is asked. */
export function allowanceOf({ budget, usage }: { readonly budget: Budget; readonly usage: Usage }): Usage {
	return {
		tokens: Math.max(0, budget.maxTokens - usage.tokens),
		microUsd: Math.max(0, budget.maxMicroUsd - usage.microUsd),
	};
}

/** addUsage sums up what two things cost. */
export function addUsage(one: Usage, other: Usage): Usage {
	return { tokens: one.tokens + other.tokens, microUsd: one.microUsd + other.microUsd };
}
