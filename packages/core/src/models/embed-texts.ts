import type { OpenAI } from 'openai';
import { CoreError } from '../domain/errors.ts';
import { tokensIn } from './reply-usage.ts';
import type { Watch } from './watch.ts';

/** embedTexts asks for one vector for each text, in order, in batches that every server takes. */
export async function embedTexts(
	texts: readonly string[],
	{ client, model, watch }: { client: OpenAI; model: string; watch: Watch },
): Promise<{ readonly vectors: readonly (readonly number[])[]; readonly tokens: number }> {
	const vectors: (readonly number[])[] = [];
	let tokens = 0;
	for (let from = 0; from < texts.length; from += BATCH) {
		const input = texts.slice(from, from + BATCH);
		const reply = await client.embeddings.create({ model, input, encoding_format: 'float' }, { signal: watch.signal });
		watch.heard();
		const found = reply.data.toSorted((one, other) => one.index - other.index).map(({ embedding }) => embedding);
		if (found.length !== input.length || found.some((vector) => vector.length === 0)) {
			throw new CoreError(
				'model-refused',
				`The model ${model} was asked for ${input.length} vectors and sent ${found.length}.`,
				{ hint: 'Set OPENAI_EMBEDDING_MODEL to a model that makes vectors.' },
			);
		}
		vectors.push(...found);
		const { prompt_tokens: counted } = reply.usage ?? {};
		tokens += counted ?? tokensIn(input.reduce((sum, text) => sum + text.length, 0));
	}
	return { vectors, tokens };
}

const BATCH = 128;
