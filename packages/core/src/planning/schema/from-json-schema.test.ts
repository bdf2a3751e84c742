import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../domain/json.ts';
import { schemaFromJson } from './from-json-schema.ts';
import { inputSchemaOf } from './json-schema.ts';
import { showShape } from './show-shape.ts';

describe('schemaFromJson', () => {
	const weather = {
		$schema: 'http://json-schema.org/draft-07/schema#',
		type: 'object',
		properties: {
			city: { type: 'string', description: 'Where.', minLength: 1 },
			unit: { enum: ['c', 'f'], default: 'c' },
			days: { $ref: '#/definitions/days' },
		},
		required: ['city'],
		additionalProperties: false,
		definitions: { days: { type: ['integer', 'null'], minimum: 1, maximum: 7 } },
	} satisfies JsonObject;

	it('takes what the schema allows and nothing else', () => {
		const schema = schemaFromJson(weather);
		expect(schema.safeParse({ city: 'Oslo', unit: 'f', days: 3 }).success).toBe(true);
		expect(schema.safeParse({ city: 'Oslo', days: null }).success).toBe(true);
		for (const wrong of [
			{},
			{ city: '' },
			{ city: 'Oslo', days: 9 },
			{ city: 'Oslo', unit: 'k' },
			{ city: 'x', y: 1 },
		]) {
			expect(schema.safeParse(wrong).success, JSON.stringify(wrong)).toBe(false);
		}
	});

	it('shows what was written, references in place, for planners and people', () => {
		const shown = inputSchemaOf(schemaFromJson(weather));
		expect(shown).toMatchObject({ properties: { city: { description: 'Where.' }, days: { maximum: 7 } } });
		expect(showShape(shown)).toBe('{city: text, unit?: "c" | "f", days?: number | null}');
	});

	it('keeps what an open object holds besides', () => {
		const schema = schemaFromJson({ type: 'object', properties: { a: { type: 'string' } } });
		expect(schema.parse({ a: 'x', b: [1] })).toEqual({ a: 'x', b: [1] });
	});

	it('believes what leads into itself', () => {
		const tree = { $ref: '#/$defs/node', $defs: { node: { anyOf: [{ $ref: '#/$defs/node' }, { $ref: '#' }] } } };
		expect(schemaFromJson(tree).safeParse({ any: 'thing' }).success).toBe(true);
		const list = { type: 'object', properties: { next: { $ref: '#' }, value: { type: 'number' } } };
		expect(schemaFromJson(list).safeParse({ value: 1, next: { value: 2, next: { value: 'anything' } } }).success).toBe(
			true,
		);
		expect(schemaFromJson(list).safeParse({ value: 'x' }).success).toBe(false);
	});

	it('is not held up by a schema that was written to take for ever', () => {
		const evil = { type: 'object', properties: { a: { type: 'string', pattern: '^(a+)+$', format: 'regex' } } };
		expect(schemaFromJson(evil).safeParse({ a: `${'a'.repeat(40)}!` }).success).toBe(true);
		// Each definition holds the next one twice: a thousand million when written out.
		const $defs: Record<string, Json> = { d30: { type: 'string' } };
		for (let n = 29; n >= 0; n--)
			$defs[`d${n}`] = { anyOf: [{ $ref: `#/$defs/d${n + 1}` }, { $ref: `#/$defs/d${n + 1}` }] };
		expect(schemaFromJson({ $ref: '#/$defs/d0', $defs }).safeParse('x').success).toBe(true);
		let deep: JsonObject = {};
		for (let n = 0; n < 2_000; n++) deep = { type: 'array', items: deep };
		expect(schemaFromJson(deep).safeParse([]).success).toBe(true);
		expect(schemaFromJson({ type: 'object', description: 'x'.repeat(1_000_000) }).safeParse({ a: 1 }).success).toBe(
			true,
		);
	});

	it('makes something of whatever is given as a schema', () => {
		const keyword = fc.constantFrom(
			'type',
			'$ref',
			'anyOf',
			'oneOf',
			'allOf',
			'items',
			'properties',
			'required',
			'enum',
		);
		const schema = fc.letrec<{ json: Json }>((tie) => ({
			json: fc.oneof(
				{ depthSize: 'small' },
				fc.constantFrom<Json>('string', 'object', 'array', '#', '#/$defs/a', null, -1, true, 'integer'),
				fc.array(tie('json'), { maxLength: 3 }),
				fc.dictionary(keyword, tie('json'), { maxKeys: 4 }),
			),
		})).json;
		fc.assert(
			fc.property(fc.dictionary(keyword, schema), schema, (written, value) => {
				const made = schemaFromJson(written);
				made.safeParse(value);
				showShape(inputSchemaOf(made));
			}),
			{ numRuns: 150 },
		);
	});
});
