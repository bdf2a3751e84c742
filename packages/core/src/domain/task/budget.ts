import type { Budget } from './facts.ts';

/** DEFAULT_BUDGET is what a task may use before the person is asked: generous for an errand, small enough to stop a runaway. */
export const DEFAULT_BUDGET: Budget = {
	maxRuns: 5_000,
	maxMinutes: 120,
	maxTokens: 2_000_000,
	maxMicroUsd: 5_000_000,
};
