import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { DocumentSchema } from '../../domain/document.ts';
import type { CapabilityDeclaration } from '../../ports/capability.ts';
import { renderCatalogue } from './render-catalogue.ts';

function capability(name: string, input: z.ZodType, rest: Partial<CapabilityDeclaration> = {}): CapabilityDeclaration {
	const fixed = { version: 1, effects: 'none', pure: true, placement: 'inline', concurrency: 1 } as const;
	return { ...fixed, name, summary: `Does ${name}.`, input, output: z.object({ text: z.string() }), ...rest };
}

const input = z.strictObject({
	documents: z.array(DocumentSchema).min(1).max(9).describe('What to read'),
	words: z.string().min(1).max(500).optional(),
	count: z.int().min(1).max(50).default(5),
	kind: z.enum(['a', 'b']),
	value: z.json(),
	fields: z.record(z.string(), z.object({ target: z.string() })).optional(),
});

describe('renderCatalogue', () => {
	test('describes inputs as JSON Schema without what goes without saying, outputs in short', () => {
		const text = renderCatalogue([capability('test.do', input, { effects: 'external' })], false);
		expect(text).toContain('Document = {title: text, url?: text, ');
		expect(text).toContain('## test.do\nDoes test.do. May act on the outside world.\ninput: ');
		expect(text).toContain('\noutput: {text: text}');
		expect(JSON.parse(/^input: (.*)$/m.exec(text)?.[1] ?? '')).toEqual({
			properties: {
				documents: {
					minItems: 1,
					maxItems: 9,
					type: 'array',
					items: { $ref: 'Document' },
					description: 'What to read',
				},
				words: { type: 'string' },
				count: { default: 5, type: 'integer', maximum: 50 },
				kind: { type: 'string', enum: ['a', 'b'] },
				value: {},
				fields: {},
			},
			required: ['documents', 'kind', 'value'],
		});
	});

	test('is short where it has to be', () => {
		expect(renderCatalogue([capability('test.do', input)], true)).toContain(
			'input: {documents: [Document], words?: text, count?: number, kind: "a" | "b", value: any, fields?: {…}}',
		);
		const many = Array.from({ length: 120 }, (_, index) => capability(`test.do${index}`, input));
		const text = renderCatalogue(many, false);
		expect(text).toContain('## test.do119\n');
		expect(text).not.toContain('"properties"');
	});
});
