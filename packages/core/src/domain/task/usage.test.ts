import { describe, expect, it } from 'vitest';
import { CoreError } from '../errors.ts';
import type { ModelUse } from './facts.ts';
import { addUsage, NO_USAGE, usageOf, withUsage } from './usage.ts';

const use = (change: Partial<ModelUse> = {}): ModelUse => ({
	...{ model: 'a/m', purpose: 'plan', reason: 'medium task', calls: 1, tokens: 10, microUsd: 3 },
	...change,
});
const of = (...models: ModelUse[]) => ({
	tokens: models.reduce((sum, { tokens }) => sum + tokens, 0),
	microUsd: models.reduce((sum, { microUsd }) => sum + microUsd, 0),
	models,
});

describe('what several calls cost', () => {
	it('is one entry for each model, purpose and reason', () => {
		const other = use({ model: 'b/m', tokens: 5 });
		const sum = [of(use()), of(other), of(use({ tokens: 1 })), { tokens: 7, microUsd: 1 }].reduce(addUsage, NO_USAGE);
		expect(sum).toEqual({
			tokens: 23,
			microUsd: 10,
			models: [{ ...use(), calls: 2, tokens: 11, microUsd: 6 }, other],
		});
		expect(addUsage(NO_USAGE, { tokens: 1, microUsd: 2 })).toEqual({ tokens: 1, microUsd: 2 });
	});

	it('stays short however many reasons there are, and loses no cost', () => {
		let sum = NO_USAGE;
		for (let n = 0; n < 500; n += 1) sum = addUsage(sum, of(use({ reason: `reason ${n}` })));
		expect(sum.models?.length).toBeLessThanOrEqual(51);
		expect(sum.models?.reduce((all, { calls }) => all + calls, 0)).toBe(500);
		expect(sum.models?.reduce((all, { tokens }) => all + tokens, 0)).toBe(sum.tokens);
	});

	it('goes with the error that it ended in', () => {
		const error = new CoreError('model-unavailable', 'No.', { hint: 'Wait.' });
		expect(usageOf(withUsage(error, NO_USAGE))).toBeUndefined();
		expect(usageOf(withUsage(error, of(use())))).toEqual(of(use()));
		expect(usageOf({ usage: { tokens: 'many' } })).toBeUndefined();
	});
});
