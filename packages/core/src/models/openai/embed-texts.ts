import type { OpenAI } from 'openai';
import { CoreError } from '../../domain/errors.ts';
import { refusalWords } from '../model-fault.ts';
import { tokensIn } from './reply-usage.ts';
import type { Watch } from './watch.ts';

/** EmbeddingCall says which model makes the vectors, and how long they are to be; undefined for as long as it makes them by itself. */
interface EmbeddingCall {
	readonly client: OpenAI;
	readonly model: string;
	readonly dimensions?: number | undefined;
	readonly watch: Watch;
}

/** embedTexts asks for one vector for each text, in order, in batches that every server takes. */
export async function embedTexts(
	texts: readonly string[],
	{ client, model, dimensions, watch }: EmbeddingCall,
): Promise<{ readonly vectors: readonly (readonly number[])[]; readonly tokens: number }> {
	const vectors: (readonly number[])[] = [];
	let tokens = 0;
	for (let from = 0; from < texts.length; from += BATCH) {
		const input = texts.slice(from, from + BATCH);
		const body = { model, input, encoding_format: 'float' as const };
		const ask = (more: { dimensions?: number }) =>
			client.embeddings.create({ ...body, ...more }, { signal: watch.signal });
		// Where the length cannot be chosen, the model may make vectors of that length all the same.
		const reply = await ask(dimensions === undefined ? {} : { dimensions }).catch((error: unknown) => {
			if (dimensions === undefined || !/dimension|matryoshka/i.test(refusalWords(error) ?? '')) throw error;
			return ask({});
		});
		watch.heard();
		const found = reply.data.toSorted((one, other) => one.index - other.index).map(({ embedding }) => embedding);
		if (found.length !== input.length || found.some((vector) => vector.length === 0)) {
			throw new CoreError(
				'model-refused',
				`The model ${model} was asked for ${input.length} vectors and sent ${found.length}.`,
				{ hint: 'Set OPENAI_EMBEDDING_MODEL to a model that makes vectors.' },
			);
		}
		const strange = found.find((vector) => vector.length !== (dimensions ?? vectors[0]?.length ?? found[0]?.length));
		if (strange !== undefined) {
			throw new CoreError(
				'model-refused',
				`The model ${model} sent a vector of ${strange.length} numbers, where others have ${dimensions ?? vectors[0]?.length ?? found[0]?.length}.`,
				{ hint: 'Check the model and its dimensions in the file of ERRAND_MODELS.' },
			);
		}
		vectors.push(...found);
		const { prompt_tokens: counted } = reply.usage ?? {};
		tokens += counted ?? tokensIn(input.reduce((sum, text) => sum + text.length, 0));
	}
	return { vectors, tokens };
}

const BATCH = 128;
