import { DocumentSchema } from '@errand/core/domain/document.ts';
import { CoreError, describeError } from '@errand/core/domain/errors.ts';
import type { Json } from '@errand/core/domain/json.ts';
import type { Usage } from '@errand/core/domain/task/facts.ts';
import type { ICapability, RunContext, RunModel } from '@errand/core/ports/capability.ts';
import type { ModelImage, ModelMessage } from '@errand/core/ports/language-model.ts';
import { z } from 'zod';

/** MessageSchema is one turn of a talk with a model, as most interfaces of models have it. */
const MessageSchema = z.object({
	role: z.enum(['system', 'user', 'assistant']).default('user'),
	content: z.string().min(1).max(200_000),
});

const fields = z.object({
	/** What is asked; not needed after messages. */
	prompt: z.string().min(1).max(200_000).optional(),
	/** What was said before, the latest last. */
	messages: z.array(MessageSchema).min(1).max(200).optional(),
	/** How it is to be answered. */
	system: z.string().max(20_000).optional(),
	/** What it is asked about, by others: it is marked as data. */
	documents: z.array(DocumentSchema).max(50).optional(),
	/** Ids of pictures to look at. */
	images: z.array(z.string().min(1).max(200)).max(8).optional(),
	/** A JSON Schema: the answer is a value of it. */
	schema: z.record(z.string(), z.json()).optional(),
	complexity: z.enum(['simple', 'medium', 'complex']).optional(),
	/** No other model will do, or none of another provider; null for any. */
	model: z.string().min(1).max(200).nullable().optional(),
	provider: z.string().min(1).max(100).nullable().optional(),
	maxTokens: z.int().min(1).max(32_000).optional(),
});

const input = fields.refine(({ prompt, messages }) => prompt !== undefined || messages !== undefined, {
	message: 'a prompt is needed, or messages',
	path: ['prompt'],
});

const output = z.object({
	text: z.string().optional(),
	value: z.json().optional(),
	/** Which one answered, and what that took. */
	model: z.string(),
	tokens: z.number().optional(),
	microUsd: z.number().optional(),
});

type Answer = z.infer<typeof output>;

/** `model.ask` asks a language model in a plan's own words. */
export const modelAsk: ICapability<z.infer<typeof input>, Answer> = {
	name: 'model.ask',
	version: 1,
	summary:
		'Asks a language model a question in your own words, about documents and pictures if given; the answer is text, or a value of a schema.',
	input,
	output,
	effects: 'none',
	pure: false,
	placement: 'process',
	concurrency: 4,
	timeoutMs: 300_000,
	needs: ['model'],
	async run(asked, context) {
		const { model } = context;
		if (model === undefined) {
			throw new CoreError('model-unavailable', 'There is no language model to ask now.', {
				hint: 'Try it again in a moment, or set one up with `npm run setup-model`.',
			});
		}
		const messages = await messagesOf(asked, model, context);
		const { complexity, schema, maxTokens = MAX_TOKENS } = asked;
		const choice = { complexity, model: asked.model ?? undefined, provider: asked.provider ?? undefined };
		if (schema !== undefined) {
			const { structuredReply } = await import('@errand/core/models/structured-reply.ts');
			// The choice of the model rests on how hard the question is.
			const reply: RunModel['reply'] = (request, options) => model.reply({ ...request, ...choice }, options);
			const request = { purpose: 'model.ask', messages, name: 'answer', schema: schemaOf(schema), maxTokens };
			const { value, model: by, usage } = await structuredReply({ reply }, request);
			return { value: value as Answer['value'], model: by, ...costOf(usage) };
		}
		let partial = '';
		const draft = {
			onText: (piece: string) => {
				partial += piece;
				context.progress({ partial });
			},
			onRestart: () => {
				partial = '';
			},
		};
		const reply = await model.reply({ purpose: 'model.ask', ...choice, messages, maxTokens }, draft);
		if (reply.finish === 'refusal') {
			throw new CoreError('model-refused', `The language model would not answer: ${reply.text.slice(0, 500)}`, {
				hint: 'Ask it in other words.',
			});
		}
		return { text: reply.text, model: reply.model, ...costOf(reply.usage) };
	},
};

/** Words of a plan may come from what strangers wrote, so they all stand in the user's turn. */
async function messagesOf(
	{ prompt, messages = [], system, documents = [], images = [] }: z.infer<typeof input>,
	model: RunModel,
	context: RunContext,
): Promise<readonly ModelMessage[]> {
	const { UNTRUSTED_RULES, wrapUntrusted } = await import('../text/model/asking/untrusted.ts');
	const room = Math.floor(model.contextTokens * SHARE_OF_DOCUMENTS);
	const wrapped = documents.length === 0 ? undefined : wrapUntrusted(documents, room);
	// A talk is the caller's own: nothing is said of how to answer.
	const rules = [...(messages.length === 0 ? [WORDS] : []), ...(wrapped === undefined ? [] : [UNTRUSTED_RULES])];
	const wishes = messages.filter(({ role }) => role === 'system').map(({ content }) => content);
	const asked = [prompt, wrapped?.text].filter((text) => text !== undefined).join('\n\n');
	const shown = await Promise.all(images.map((id) => imageOf(id, context)));
	const turns: ModelMessage[] = messages.flatMap(({ role, content }) =>
		role === 'system' ? [] : [{ role, text: content }],
	);
	if (asked !== '' || shown.length > 0 || turns.length === 0) {
		turns.push({ role: 'user', text: asked, ...(shown.length === 0 ? {} : { images: shown }) });
	}
	return [
		...(rules.length === 0 ? [] : [{ role: 'system' as const, text: rules.join('\n\n') }]),
		...beginningWith([...(system === undefined ? [] : [system]), ...wishes], turns),
	];
}

/** The turns with some words before the first of them, which stand with the user. */
function beginningWith(words: readonly string[], turns: readonly ModelMessage[]): readonly ModelMessage[] {
	const [first, ...others] = turns;
	if (words.length === 0) return turns;
	if (first?.role !== 'user') return [{ role: 'user', text: words.join('\n\n') }, ...turns];
	return [{ ...first, text: [...words, first.text].filter((text) => text !== '').join('\n\n') }, ...others];
}

function costOf({ tokens, microUsd }: Usage): Pick<Answer, 'tokens' | 'microUsd'> {
	return { tokens, microUsd };
}

async function imageOf(id: string, context: RunContext): Promise<ModelImage> {
	const { ref, content } = await context.readArtifact(id);
	if (!IMAGE_TYPES.includes(ref.type)) {
		throw new CoreError('unsupported-type', `"${ref.name}" is no picture that language models look at (${ref.type}).`, {
			hint: `Give it as one of ${IMAGE_TYPES.join(', ')}.`,
		});
	}
	context.taint(`file:${id}`);
	return { type: ref.type, base64: Buffer.from(content).toString('base64') };
}

function schemaOf(schema: Readonly<Record<string, Json>>): z.ZodType<Json> {
	try {
		return z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]) as z.ZodType<Json>;
	} catch (error) {
		throw new CoreError('invalid-input', `The schema of the answer cannot be used: ${describeError(error)}`, {
			hint: 'Give a JSON Schema of plain types, without references to other documents.',
		});
	}
}

const WORDS = 'You answer one question for a larger task. Answer only what is asked, without a preface.';
const MAX_TOKENS = 4_000;
const SHARE_OF_DOCUMENTS = 0.5;
const IMAGE_TYPES = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'];
