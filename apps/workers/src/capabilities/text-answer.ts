import { DocumentSchema, SourceSchema } from '@errand/core/domain/document.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import { z } from 'zod';
import { QUOTED_OUTPUT, READS_ONLY } from './text-promises.ts';

const input = z.object({
	documents: z.array(DocumentSchema).min(1).max(100),
	questions: z.array(z.string().min(1).max(2_000)).min(1).max(20),
});

const output = z.object({
	...QUOTED_OUTPUT,
	answers: z.array(
		z.object({
			question: z.string(),
			answer: z.string().nullable(),
			confidence: z.enum(['stated', 'likely', 'not found']),
			sources: z.array(SourceSchema),
		}),
	),
});

/** textAnswer is `text.answer`: finds the sentences of documents that answer questions. */
export const textAnswer: ICapability<z.infer<typeof input>, z.infer<typeof output>> = {
	name: 'text.answer',
	version: 1,
	summary: 'Answers up to 20 questions from documents with the sentences that do, quoted, or says that they do not.',
	input,
	output,
	...READS_ONLY,
	async run({ documents, questions }, context) {
		if (context.model !== undefined) {
			const { answerWithModel } = await import('../text/model/answering/answer-with-model.ts');
			return answerWithModel(context.model, { documents, questions }, context);
		}
		const { answerQuestions } = await import('../text/answering/answer-questions.ts');
		return answerQuestions(documents, questions);
	},
};
