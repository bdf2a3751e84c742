import { describe, expect, it } from 'vitest';
import { budgetFor, DEFAULT_BUDGET } from './budget.ts';

describe('a budget', () => {
	it('is the default one unless the person asks for another', () => {
		expect(budgetFor('owner')).toEqual(DEFAULT_BUDGET);
		expect(budgetFor('member', { maxRuns: 9_000 })).toEqual({ ...DEFAULT_BUDGET, maxRuns: 9_000 });
	});

	it('of a guest is a tenth, whatever the guest asks for', () => {
		const tenth = { maxRuns: 500, maxMinutes: 12, maxTokens: 200_000, maxMicroUsd: 500_000, firm: true };
		expect(budgetFor('guest')).toEqual(tenth);
		expect(budgetFor('guest', { maxRuns: 9_000, maxTokens: 5 })).toEqual({ ...tenth, maxTokens: 5 });
	});
});
