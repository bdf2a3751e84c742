import { DocumentSchema, SourceSchema } from '@errand/core/domain/document.ts';
import { HOW_DONE, Wishes } from '@errand/core/planning/backlog/draft.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import { z } from 'zod';
import { WORKS_ON_BACKLOGS } from '../backlog/promises.ts';

const input = z.object({
	query: z.string().trim().min(1).max(2_000),
	/** What is said of the project: items, words of the person. */
	context: z.string().max(20_000).default(''),
	/** Files of the project. */
	documents: z.array(DocumentSchema).max(30).default([]),
	detailLevel: z.enum(['low', 'medium', 'high']).default('medium'),
	wishes: Wishes.optional(),
});

const output = z.object({ ...HOW_DONE, sources: z.array(SourceSchema) });

/** backlogResearch is `backlog.research`: answers a question about a project from the web, its files and its items. */
export const backlogResearch: ICapability<z.infer<typeof input>, z.infer<typeof output>> = {
	name: 'backlog.research',
	version: 1,
	summary: 'Answers a question about a project of a backlog from the web, its files and its tasks.',
	input,
	output,
	...WORKS_ON_BACKLOGS,
	uses: ['model', 'search'],
	async run(request, context) {
		const { lookUp } = await import('../backlog/research/look-up.ts');
		const { asWished } = await import('../backlog/model/as-wished.ts');
		return lookUp(request, context, asWished(context.model, request.wishes));
	},
};
