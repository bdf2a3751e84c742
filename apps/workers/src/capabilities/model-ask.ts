import { DocumentSchema } from '@errand/core/domain/document.ts';
import { CoreError, describeError } from '@errand/core/domain/errors.ts';
import type { Json } from '@errand/core/domain/json.ts';
import type { ICapability, RunContext, RunModel } from '@errand/core/ports/capability.ts';
import type { ModelImage, ModelMessage } from '@errand/core/ports/language-model.ts';
import { z } from 'zod';

const input = z.object({
	/** What is asked. */
	prompt: z.string().min(1).max(200_000),
	/** How it is to be answered. */
	system: z.string().max(20_000).optional(),
	/** What it is asked about, by others: it is marked as data. */
	documents: z.array(DocumentSchema).max(50).optional(),
	/** Ids of pictures to look at. */
	images: z.array(z.string().min(1).max(200)).max(8).optional(),
	/** A JSON Schema: the answer is a value of it. */
	schema: z.record(z.string(), z.json()).optional(),
	complexity: z.enum(['simple', 'medium', 'complex']).optional(),
	maxTokens: z.int().min(1).max(32_000).optional(),
});

const output = z.object({ text: z.string().optional(), value: z.json().optional(), model: z.string() });

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
		if (schema !== undefined) {
			const { structuredReply } = await import('@errand/core/models/structured-reply.ts');
			// The choice of the model rests on how hard the question is.
			const reply: RunModel['reply'] = (request, options) => model.reply({ ...request, complexity }, options);
			const request = { purpose: 'model.ask', messages, name: 'answer', schema: schemaOf(schema), maxTokens };
			const { value, model: by } = await structuredReply({ reply }, request);
			return { value: value as Answer['value'], model: by };
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
		const reply = await model.reply({ purpose: 'model.ask', complexity, messages, maxTokens }, draft);
		if (reply.finish === 'refusal') {
			throw new CoreError('model-refused', `The language model would not answer: ${reply.text.slice(0, 500)}`, {
				hint: 'Ask it in other words.',
			});
		}
		return { text: reply.text, model: reply.model };
	},
};

/** Words of a plan may come from what strangers wrote, so they all stand in the user's turn. */
async function messagesOf(
	{ prompt, system, documents = [], images = [] }: z.infer<typeof input>,
	model: RunModel,
	context: RunContext,
): Promise<readonly ModelMessage[]> {
	const { UNTRUSTED_RULES, wrapUntrusted } = await import('../text/model/asking/untrusted.ts');
	const room = Math.floor(model.contextTokens * SHARE_OF_DOCUMENTS);
	const wrapped = documents.length === 0 ? undefined : wrapUntrusted(documents, room);
	const rules = [WORDS, ...(wrapped === undefined ? [] : [UNTRUSTED_RULES])];
	const said = [...(system === undefined ? [] : [system]), prompt, ...(wrapped === undefined ? [] : [wrapped.text])];
	const shown = await Promise.all(images.map((id) => imageOf(id, context)));
	return [
		{ role: 'system', text: rules.join('\n\n') },
		{ role: 'user', text: said.join('\n\n'), ...(shown.length === 0 ? {} : { images: shown }) },
	];
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
