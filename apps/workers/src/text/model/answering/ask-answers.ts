import type { Document } from '@errand/core/domain/document.ts';
import type { RunModel } from '@errand/core/ports/capability.ts';
import { z } from 'zod';
import { askForValue } from '../asking/ask-for-value.ts';
import { UNTRUSTED_RULES, wrapUntrusted } from '../asking/untrusted.ts';

/** GivenAnswers is what a model answers to numbered questions, unchecked; null where it found nothing. */
export const GivenAnswersSchema = z.object({
	answers: z.array(
		z.object({
			question: z.number(),
			answer: z.string().nullable(),
			certain: z.boolean().default(true),
			quotes: z.array(z.object({ document: z.number(), quote: z.string() })).default([]),
		}),
	),
});
export type GivenAnswers = z.output<typeof GivenAnswersSchema>;

/** What is asked, of which documents; questions and documents keep their numbers over all requests. */
export interface AnswerOrder {
	readonly questions: readonly { readonly number: number; readonly text: string }[];
	readonly documents: readonly { readonly number: number; readonly document: Document }[];
	readonly room: number;
	readonly maxTokens: number;
}

/** askAnswers has a model answer questions from documents with the words that answer them. */
export function askAnswers(
	model: RunModel,
	{ questions, documents, room, maxTokens }: AnswerOrder,
): Promise<GivenAnswers> {
	const { text } = wrapUntrusted(
		documents.map(({ document }) => document),
		room,
		{ first: documents[0]?.number ?? 1 },
	);
	const asked = questions.map(({ number, text: question }) => `${number}. ${question}`);
	return askForValue(model, {
		purpose: 'text.answer',
		system: [SYSTEM, UNTRUSTED_RULES],
		user: [`The questions:\n${asked.join('\n')}`, text],
		name: 'answers',
		schema: GivenAnswersSchema,
		maxTokens,
	});
}

const SYSTEM = `You answer questions from documents, exactly.
Reply with JSON: {"answers": [{"question", "answer", "certain", "quotes": [{"document", "quote"}]}]}, one for each question.
- "answer": one to four plain sentences in the language of the question, without Markdown. It says only what the quotes say; figures, names and dates as the documents write them, nothing calculated. What holds now counts, not a former value or an example. Where documents differ, say what each says.
- "answer" is null where the documents do not answer the question. Never answer from what you know.
- "certain": false where the documents only suggest the answer.
- "quotes": the words that answer it, each with its document's number, copied character by character, whole sentences, list items or table rows. Every figure of the answer must stand in a quote.`;
