import { expect, it } from 'vitest';
import { z } from 'zod';
import { parseInput } from '../../parse-input.ts';
import { optionalObject, optionalText, text } from './fields.ts';

const schema = z.object({ title: text('A title.'), more: optionalText('More.'), metadata: optionalObject('Any.') });
const parsed = (args: object) => parseInput(schema, args, 'The call');
const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

it('takes no text that would be written out again with every change for ever', () => {
	const long = 'x'.repeat(200_001);
	for (const args of [{ title: long }, { title: 'A', more: long }]) {
		expect(() => parsed(args)).toThrow(expect.objectContaining({ code: 'too-large' }));
	}
	expect(parsed({ title: long.slice(1), more: 3 })).toMatchObject({ more: '3' });
});

it('takes no object that is nested deeper than a file of tasks is read', () => {
	for (const levels of [21, 3_000, 100_000]) {
		expect(() => parsed({ title: 'A', metadata: nested(levels) })).toThrow(/nested/);
	}
	expect(parsed({ title: 'A', metadata: nested(20) }).metadata).toBeDefined();
	expect(parsed({ title: 'A', metadata: null })).toEqual({ title: 'A' });
});
