import type { RunContext } from '@errand/core/ports/capability.ts';
import { expect, it } from 'vitest';
import { valueCompute } from './value-compute.ts';

/** It needs nothing of its surroundings. */
const nothing = {} as RunContext;
const run = (input: unknown) => valueCompute.run(valueCompute.input.parse(input), nothing);

it('works out an expression or a template', async () => {
	await expect(run({ expression: 'a.n / 4', values: { a: { n: 10 } } })).resolves.toBe(2.5);
	await expect(run({ template: ['${a}', 'is ${a}'], values: { a: 1 } })).resolves.toEqual([1, 'is 1']);
	await expect(run({ template: null })).resolves.toBeNull();
});

it('takes a condition that looks at nothing for one that does not hold, and refuses one that is neither true nor false', async () => {
	await expect(run({ expression: 'a.n > 1', values: { a: {} }, condition: true })).resolves.toBe(false);
	await expect(run({ expression: 'a > 1', values: { a: 2 }, condition: true })).resolves.toBe(true);
	await expect(run({ expression: 'a', values: { a: 2 }, condition: true })).rejects.toMatchObject({
		code: 'invalid-input',
	});
});

it('says why there is no value', async () => {
	await expect(run({ expression: 'a.n', values: { a: {} } })).rejects.toThrow(/`a\.n` gives nothing: No such key: n/);
	await expect(run({ template: '${1 +}' })).rejects.toMatchObject({ code: 'invalid-input' });
	expect(valueCompute.input.safeParse({ expression: '1', template: 1 }).success).toBe(false);
	expect(valueCompute.input.safeParse({}).success).toBe(false);
});
