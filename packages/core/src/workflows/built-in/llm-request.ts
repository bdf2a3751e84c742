import { z } from 'zod';
import { defineWorkflow } from '../define-workflow.ts';

const Message = z.object({
	role: z.enum(['system', 'user', 'assistant']).default('user'),
	content: z.string().min(1).max(200_000),
});
const Complexity = z.enum(['simple', 'medium', 'complex']);
const Choice = z.object({
	complexity: Complexity,
	model: z.string().nullable(),
	provider: z.string().nullable(),
	reason: z.string(),
});
/** What `model.ask` gives for words. */
const Answer = z.object({ text: z.string(), model: z.string(), tokens: z.number(), microUsd: z.number() });

/** llmRequest has the language model that suits a kind of work answer messages, and tells what it took. */
export const llmRequest = defineWorkflow({
	name: 'llm-request',
	title: 'Ask a language model',
	description: 'Has the model that suits the kind of work answer messages; tells tokens and cost.',
	input: z.object({
		request_id: z.string().min(1).max(200),
		task_type: z.string().min(1).max(100),
		messages: z.array(Message).min(1).max(200),
		model: z.string().min(1).max(200).default('auto'),
		provider: z.string().min(1).max(100).default('auto'),
	}),
	output: z.object({
		request_id: z.string(),
		response: z.string(),
		model: z.string(),
		tokens_used: z.number(),
		cost_cents: z.number(),
		timestamp: z.string(),
	}),
	steps: (flow, input) => {
		const received = flow.step('receive', {
			title: 'Take in the request',
			placement: 'inline',
			accepts: z.object({ request_id: z.string(), messages: z.array(Message).min(1) }),
			input: { request_id: input.request_id, messages: input.messages },
			run: ({ request_id, messages }) => ({ request_id, messages }),
			output: z.object({ request_id: z.string(), messages: z.array(Message) }),
		});
		const chosen = flow.step('select', {
			title: 'Choose how able a model is needed',
			placement: 'inline',
			accepts: z.object({ task_type: z.string(), model: z.string(), provider: z.string() }),
			input: { task_type: input.task_type, model: input.model, provider: input.provider },
			run: chooseModel,
			output: Choice,
		});
		const answer = flow.use(
			'model.ask',
			{
				messages: received.messages,
				complexity: chosen.complexity,
				model: chosen.model,
				provider: chosen.provider,
			},
			{ id: 'call', title: 'Ask the model', timeout: '5m', output: Answer },
		);
		return flow.step('publish', {
			title: 'Tell the answer and what it took',
			placement: 'inline',
			accepts: Answer.extend({ request_id: z.string() }),
			input: {
				request_id: received.request_id,
				text: answer.text,
				model: answer.model,
				tokens: answer.tokens,
				microUsd: answer.microUsd,
			},
			run: ({ request_id, text, model, tokens, microUsd }) => ({
				request_id,
				response: text,
				model,
				tokens_used: tokens,
				cost_cents: microUsd / MICRO_USD_PER_CENT,
				timestamp: new Date().toISOString(),
			}),
		});
	},
});

const MICRO_USD_PER_CENT = 10_000;

const COMPLEXITY_OF: ReadonlyMap<string, z.infer<typeof Complexity>> = new Map([
	['classifier', 'simple'],
	['parser', 'simple'],
	['simple_chat', 'simple'],
	['coder', 'medium'],
	['planning', 'medium'],
	['decomposition', 'medium'],
	['architect', 'complex'],
	['code_generation', 'complex'],
	['qa', 'complex'],
]);

/** How able a model the kind of work needs, and what the caller insists on. */
function chooseModel(asked: { task_type: string; model: string; provider: string }): z.infer<typeof Choice> {
	const { task_type, model, provider } = asked;
	const known = COMPLEXITY_OF.get(task_type);
	const complexity = known ?? 'medium';
	const work = known === undefined ? `"${task_type}" is no kind of work that is known, taken for` : `${task_type} is`;
	const named = [pinned(model), pinned(provider)].filter((pin) => pin !== null);
	const pins = named.length === 0 ? '' : `; asked for by name: ${named.join(', ')}`;
	return { complexity, model: pinned(model), provider: pinned(provider), reason: `${work} ${complexity}${pins}` };
}

function pinned(name: string): string | null {
	return name === 'auto' ? null : name;
}
