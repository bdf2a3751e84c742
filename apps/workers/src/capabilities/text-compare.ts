import { DocumentSchema, SourceSchema } from '@errand/core/domain/document.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import { z } from 'zod';
import { QUOTED_OUTPUT, READS_ONLY } from './text-promises.ts';

const input = z.object({
	items: z.array(DocumentSchema).min(2).max(20),
	/** What to call the items, in order. */
	names: z.array(z.string().max(200)).max(20).optional(),
	/** What to compare by; without it, what most of the documents state. */
	criteria: z.array(z.string().min(1).max(200)).max(30).optional(),
	/** What matters to the person, in their words. */
	need: z.string().max(10_000).optional(),
	/** The day to compare for; changes after it are not in force yet. */
	asOf: z.iso.date().optional(),
});

const output = z.object({
	...QUOTED_OUTPUT,
	items: z.array(z.object({ name: z.string(), url: z.string().optional(), artifact: z.string().optional() })),
	criteria: z.array(z.string()),
	cells: z.array(
		z.object({
			item: z.string(),
			criterion: z.string(),
			value: z.string().nullable(),
			note: z.string().optional(),
			quote: z.string().optional(),
			quotes: z.array(z.string()),
			source: SourceSchema.nullable(),
		}),
	),
	recommendation: z.object({ item: z.string(), reasons: z.array(z.string()) }).nullable(),
});

/** `text.compare` lines up what several documents state and recommends one for a need. */
export const textCompare: ICapability<z.infer<typeof input>, z.infer<typeof output>> = {
	name: 'text.compare',
	version: 1,
	summary:
		'Compares 2 to 20 documents by what they state, as a table with a quote for each cell, and recommends one for a need.',
	input,
	output,
	...READS_ONLY,
	async run(request, context) {
		if (context.model !== undefined) {
			const { compareWithModel } = await import('../text/model/comparison/compare-with-model.ts');
			return compareWithModel(context.model, request, context);
		}
		const { compareDocuments } = await import('../text/comparison/compare-documents.ts');
		return compareDocuments(request);
	},
};
