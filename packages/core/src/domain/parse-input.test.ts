import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { InvalidInputError, parseInput } from './parse-input.ts';

const Goal = z.strictObject({
	goal: z.string().max(5),
	steps: z
		.array(z.strictObject({ id: z.string() }))
		.max(2)
		.optional(),
	either: z.union([z.array(z.strictObject({ n: z.number() })), z.strictObject({ n: z.number() })]).optional(),
	any: z.json().optional(),
});

function refusal(value: unknown): InvalidInputError {
	try {
		parseInput(Goal, value, 'The body');
	} catch (error) {
		if (error instanceof InvalidInputError) return error;
	}
	throw new Error('nothing was refused');
}

describe('parseInput', () => {
	it('returns what the schema makes of the value', () => {
		expect(parseInput(Goal, { goal: 'a' }, 'The body')).toEqual({ goal: 'a' });
	});

	it('names every problem with its path', () => {
		const error = refusal({ goal: 1, steps: [{ id: 'a' }, { id: 2 }], surprise: true });
		expect(error.code).toBe('invalid-input');
		expect(error.problems.map((problem) => problem.path)).toEqual(['goal', 'steps[1].id', 'surprise']);
		expect(error.message).toContain('steps[1].id: ');
	});

	it('calls a value that is only too long too-large', () => {
		expect(refusal({ goal: 'abcdefgh' }).code).toBe('too-large');
		expect(refusal({ goal: 'abcdefgh', surprise: 1 }).code).toBe('invalid-input');
	});

	it('reports the branch of a union that was meant', () => {
		expect(refusal({ goal: 'a', either: [{ n: 'x' }] }).problems.map((problem) => problem.path)).toEqual([
			'either[0].n',
		]);
	});

	it('refuses a value nested too deeply instead of breaking', () => {
		const deep = JSON.parse(`${'['.repeat(200_000)}${']'.repeat(200_000)}`);
		expect(refusal({ goal: 'a', any: deep }).problems[0]?.message).toBe('nested too deeply');
	});

	it('names at most fifty problems', () => {
		const surprises = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`k${n}`, n]));
		expect(refusal({ goal: 'a', ...surprises }).problems).toHaveLength(50);
	});
});
