import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { replySchema } from '../reply-schema.ts';
import { fitsStrictMode } from './strict-mode.ts';

const closed = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false };

describe('fitsStrictMode', () => {
	it('takes what replySchema makes of closed objects, unions and lists', () => {
		const member = z.discriminatedUnion('k', [z.object({ k: z.literal('x') }), z.object({ k: z.enum(['y', 'z']) })]);
		const type = z.object({
			a: z.string().min(2).optional(),
			b: z.array(member).max(9),
			c: z.number().int().nullable(),
		});
		expect(fitsStrictMode(replySchema(type).schema)).toBe(true);
		expect(fitsStrictMode(closed)).toBe(true);
	});

	it.each([
		['a list at the root', { type: 'array', items: closed }],
		['a choice at the root', { anyOf: [closed] }],
		['an open object', { ...closed, additionalProperties: true }],
		['a property that may be missing', { ...closed, required: [] }],
		['a record', replySchema(z.object({ r: z.record(z.string(), z.string()) })).schema],
		['anything', replySchema(z.object({ a: z.unknown() })).schema],
		['a keyword it does not know', { ...closed, properties: { a: { type: 'string', not: { const: 'x' } } } }],
	])('refuses %s', (_, schema) => {
		expect(fitsStrictMode(schema)).toBe(false);
	});
});
