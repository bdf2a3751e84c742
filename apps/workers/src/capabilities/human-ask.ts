import type { Json } from '@errand/core/domain/json.ts';
import { answerInWords } from '@errand/core/domain/task/attachment-lines.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import { z } from 'zod';

const Question = z
	.strictObject({
		kind: z.enum(['text', 'choice', 'approval', 'secret']).default('text'),
		text: z.string().trim().min(1).max(2_000),
		choices: z.array(z.string().min(1).max(200)).min(2).max(25).optional(),
	})
	.refine(({ kind, choices }) => (kind === 'choice') === (choices !== undefined), {
		message: 'choices belong to a question of kind "choice", and to no other',
	});
const Input = z.strictObject({ questions: z.array(Question).min(1).max(20) });
const Answer: z.ZodType<Json> = z.json();
const Output = z.object({
	answers: z.array(z.object({ question: z.string(), answer: Answer })),
	/** Questions and answers as Markdown. */
	text: z.string(),
});

/** humanAsk is `human.ask`: puts questions to the person and gives back the answers. */
export const humanAsk: ICapability<z.infer<typeof Input>, z.infer<typeof Output>> = {
	name: 'human.ask',
	version: 1,
	summary: 'Asks the person one or more questions and waits for the answers.',
	input: Input,
	output: Output,
	effects: 'none',
	pure: false,
	placement: 'inline',
	concurrency: 1_000,
	async run({ questions }, context) {
		if (context.answers.length === 0) context.ask(questions);
		const answers = context.answers.map(({ question, answer }) => ({ question, answer }));
		const text = answers.map(({ question, answer }) => `**${question}** ${answerInWords(answer)}`).join('\n\n');
		return { answers, text };
	},
};
