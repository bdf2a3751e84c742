import { DocumentSchema, SourceSchema } from '@errand/core/domain/document.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import { z } from 'zod';
import { QUOTED_OUTPUT, READS_ONLY } from './text-promises.ts';

const input = z.object({
	documents: z.array(DocumentSchema).min(1).max(50),
	/** What the person wants to know; statements that touch it come first. */
	need: z.string().max(10_000).optional(),
});

const output = z.object({
	...QUOTED_OUTPUT,
	insights: z.array(
		z.object({
			statement: z.string(),
			kind: z.enum(['topic', 'figure', 'deadline', 'obligation', 'risk', 'change', 'contradiction', 'question']),
			source: SourceSchema,
		}),
	),
});

/** `text.analyze` tells what stands out in documents and where they differ. */
export const textAnalyze: ICapability<z.infer<typeof input>, z.infer<typeof output>> = {
	name: 'text.analyze',
	version: 1,
	summary:
		'Tells what stands out in documents: topics, figures, deadlines, duties, risks, changes, differences and open points, each quoted.',
	input,
	output,
	...READS_ONLY,
	async run({ documents, need }, context) {
		const { analyzeDocuments } = await import('../text/insights/analyze-documents.ts');
		const { model } = context;
		if (model === undefined) return analyzeDocuments(documents, need);
		const { analyzeByModel } = await import('../text/model/insights/analyze-by-model.ts');
		const { provedOrRules } = await import('../text/model/asking/proved-or-rules.ts');
		return provedOrRules({
			model,
			byModel: () => analyzeByModel(documents, need, { model, context }),
			byRules: () => analyzeDocuments(documents, need),
		});
	},
};
