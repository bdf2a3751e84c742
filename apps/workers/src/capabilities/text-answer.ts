import { DocumentSchema, SourceSchema } from '@errand/core/domain/document.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import { z } from 'zod';

const input = z.object({
	documents: z.array(DocumentSchema).min(1).max(100),
	questions: z.array(z.string().min(1).max(2_000)).min(1).max(20),
});

const output = z.object({
	text: z.string(),
	answers: z.array(
		z.object({
			question: z.string(),
			answer: z.string().nullable(),
			confidence: z.enum(['stated', 'likely', 'not found']),
			sources: z.array(SourceSchema),
		}),
	),
	sources: z.array(SourceSchema),
	warnings: z.array(z.string()),
	method: z.literal('rules'),
});

/** textAnswer is `text.answer`: finds the sentences of documents that answer questions. */
export const textAnswer: ICapability<z.infer<typeof input>, z.infer<typeof output>> = {
	name: 'text.answer',
	version: 1,
	summary: 'Answers up to 20 questions from documents with the sentences that do, quoted, or says that they do not.',
	input,
	output,
	effects: 'none',
	pure: true,
	placement: 'process',
	concurrency: 2,
	async run({ documents, questions }) {
		const { answerQuestions } = await import('../text/answering/answer-questions.ts');
		return answerQuestions(documents, questions);
	},
};
