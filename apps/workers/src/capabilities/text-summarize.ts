import { DocumentSchema } from '@errand/core/domain/document.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import { z } from 'zod';
import { QUOTED_OUTPUT, READS_ONLY } from './text-promises.ts';

const input = z
	.object({
		documents: z.array(DocumentSchema).max(100).optional(),
		/** Text itself, instead of documents. */
		text: z.string().max(2_000_000).optional(),
		/** What the person cares about. */
		focus: z.string().max(1_000).optional(),
		maxSentences: z.int().min(1).max(50).default(5),
		style: z.enum(['paragraph', 'bullets']).optional(),
	})
	.refine(({ documents, text }) => (documents?.length ?? 0) > 0 || text !== undefined, 'give documents or text');

const output = z.object({
	...QUOTED_OUTPUT,
	sentences: z.array(z.string()),
});

/** textSummarize is `text.summarize`: what documents say, in a few sentences that rest on quoted words. */
export const textSummarize: ICapability<z.infer<typeof input>, z.infer<typeof output>> = {
	name: 'text.summarize',
	version: 1,
	summary:
		'Summarises documents or a text in a few sentences with the words they rest on, with a focus if one is given.',
	input,
	output,
	...READS_ONLY,
	async run({ documents = [], text, focus, maxSentences, style }, context) {
		const { summarizeDocuments } = await import('../text/summary/summarize-documents.ts');
		const pasted = text === undefined ? [] : [{ title: 'Your text', kind: 'text' as const, markdown: text }];
		const all = [...documents, ...pasted.map((one) => ({ ...one, links: [], truncated: false, warnings: [] }))];
		const request = { documents: all, focus, maxSentences, style };
		const { model } = context;
		if (model === undefined) return summarizeDocuments(request);
		const { summarizeByModel } = await import('../text/model/summary/summarize-by-model.ts');
		const { provedOrRules } = await import('../text/model/asking/proved-or-rules.ts');
		return provedOrRules({
			model,
			byModel: () => summarizeByModel(request, { model, context }),
			byRules: () => summarizeDocuments(request),
		});
	},
};
