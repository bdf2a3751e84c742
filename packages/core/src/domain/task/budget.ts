import type { Role } from '../person/person-view.ts';
import type { Budget } from './facts.ts';

/** DEFAULT_BUDGET is what a task may use before the person is asked: generous for an errand, small enough to stop a runaway. */
export const DEFAULT_BUDGET: Budget = {
	maxRuns: 5_000,
	maxMinutes: 120,
	maxTokens: 2_000_000,
	maxMicroUsd: 5_000_000,
};

/** GUEST_BUDGET is what a guest's task may use: a tenth, and not more by their own word, because somebody else pays. */
const GUEST_BUDGET: Budget = {
	maxRuns: DEFAULT_BUDGET.maxRuns / 10,
	maxMinutes: DEFAULT_BUDGET.maxMinutes / 10,
	maxTokens: DEFAULT_BUDGET.maxTokens / 10,
	maxMicroUsd: DEFAULT_BUDGET.maxMicroUsd / 10,
	firm: true,
};

/** budgetFor is what a task of somebody with this role may use. They may ask for less, and all but guests for more. */
export function budgetFor(role: Role, asked: Partial<Budget> = {}): Budget {
	const budget = role === 'guest' ? GUEST_BUDGET : DEFAULT_BUDGET;
	const whole = { ...budget, ...asked };
	if (role !== 'guest') return whole;
	return {
		maxRuns: Math.min(whole.maxRuns, budget.maxRuns),
		maxMinutes: Math.min(whole.maxMinutes, budget.maxMinutes),
		maxTokens: Math.min(whole.maxTokens, budget.maxTokens),
		maxMicroUsd: Math.min(whole.maxMicroUsd, budget.maxMicroUsd),
		firm: true,
	};
}
