import { DocumentSchema, SourceSchema } from '@errand/core/domain/document.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import { z } from 'zod';
import { ENTITY_KINDS } from '../text/entities/found.ts';
import { QUOTED_OUTPUT, READS_ONLY } from './text-promises.ts';

const input = z.object({
	documents: z.array(DocumentSchema).min(1).max(100),
	/** What to look for; without it, everything. */
	kinds: z.array(z.enum(ENTITY_KINDS)).optional(),
});

const output = z.object({
	...QUOTED_OUTPUT,
	items: z.array(
		z.object({
			kind: z.enum(ENTITY_KINDS),
			value: z.string(),
			/** ISO date, `USD 576 per year`, E.164 number, full address. */
			normalized: z.string().optional(),
			count: z.int().min(1),
			source: SourceSchema,
		}),
	),
});

/** `text.extract` lists who, where, when, how much and how to reach someone. */
export const textExtract: ICapability<z.infer<typeof input>, z.infer<typeof output>> = {
	name: 'text.extract',
	version: 1,
	summary:
		'Lists the people, organisations, places, dates, money, phone numbers, mail and web addresses in documents, with quotes.',
	input,
	output,
	...READS_ONLY,
	async run({ documents, kinds }, context) {
		if (context.model !== undefined) {
			const { extractWithModel } = await import('../text/model/entities/extract-with-model.ts');
			return extractWithModel(context.model, { documents, kinds }, context);
		}
		const { extractEntities } = await import('../text/entities/extract-entities.ts');
		return extractEntities(documents, kinds);
	},
};
