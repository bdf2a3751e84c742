import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { replySchema } from './reply-schema.ts';

describe('replySchema', () => {
	it('requires every property and allows no other, at every depth', () => {
		const type = z.object({ list: z.array(z.object({ a: z.string().max(9), b: z.number().int().optional() })) });
		expect(replySchema(type).schema).toEqual({
			type: 'object',
			properties: {
				list: {
					type: 'array',
					items: {
						type: 'object',
						properties: { a: { type: 'string' }, b: { anyOf: [{ type: 'integer' }, { type: 'null' }] } },
						required: ['a', 'b'],
						additionalProperties: false,
					},
				},
			},
			required: ['list'],
			additionalProperties: false,
		});
	});

	it('says a union as anyOf, the one kind that strict mode takes', () => {
		const type = z.object({
			u: z.discriminatedUnion('k', [z.object({ k: z.literal('x') }), z.object({ k: z.literal('y') })]).optional(),
		});
		const text = JSON.stringify(replySchema(type).schema);
		expect(text).not.toContain('oneOf');
		expect(text).toContain('{"type":"null"}]');
	});

	it('takes away nulls of what may be missing, but none that mean something', () => {
		const member = z.discriminatedUnion('k', [
			z.object({ k: z.literal('x'), v: z.string().default('d') }),
			z.object({ k: z.literal('y'), v: z.string().nullable() }),
		]);
		const { withoutNulls } = replySchema(
			z.object({ a: z.string().optional(), b: z.string().nullish(), c: z.string(), d: z.array(member) }),
		);
		const value = { a: null, b: null, c: null, other: null, d: [{ k: 'x', v: null }, { k: 'y', v: null }, null] };
		expect(withoutNulls(value)).toEqual({
			b: null,
			c: null,
			other: null,
			d: [{ k: 'x' }, { k: 'y', v: null }, null],
		});
	});

	it('follows a schema that holds itself', () => {
		interface Tree {
			name: string;
			note?: string | undefined;
			children: Tree[];
		}
		const tree: z.ZodType<Tree> = z.object({
			name: z.string(),
			note: z.string().optional(),
			get children() {
				return z.array(tree);
			},
		});
		const { schema, withoutNulls } = replySchema(tree);
		expect(JSON.stringify(schema)).toContain('$ref');
		const leaf = { name: 'b', note: null, children: [] };
		expect(withoutNulls({ name: 'a', note: null, children: [leaf] })).toEqual({
			name: 'a',
			children: [{ name: 'b', children: [] }],
		});
	});

	it('is made once for a type', () => {
		const type = z.object({ a: z.string() });
		expect(replySchema(type)).toBe(replySchema(type));
	});
});
