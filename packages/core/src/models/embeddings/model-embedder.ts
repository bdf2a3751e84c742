import { CoreError } from '../../domain/errors.ts';
import type { ILanguageModel } from '../../ports/language-model.ts';
import type { BareEmbedder } from './bare-embedder.ts';

/** Texts in one request. */
const BATCH = 64;

/** ModelEmbedder has a provider's model make vectors, of whatever dimension it has. */
export class ModelEmbedder implements BareEmbedder {
	readonly name: string;
	/** Providers' models take some 8,000 tokens. */
	readonly maxCharacters = 8_000;
	readonly #model: Pick<ILanguageModel, 'embed'>;

	constructor(model: Pick<ILanguageModel, 'embed'>, name: string) {
		this.#model = model;
		this.name = name;
	}

	async embed(texts: readonly string[], { signal }: { readonly signal: AbortSignal }): Promise<Float32Array[]> {
		const all: Float32Array[] = [];
		for (let place = 0; place < texts.length; place += BATCH) {
			const batch = texts.slice(place, place + BATCH);
			const { vectors } = await this.#model.embed(batch, { signal });
			if (vectors.length !== batch.length || vectors.some((vector) => vector.length === 0))
				throw this.#unusable(batch.length, vectors.length);
			all.push(...vectors.map((vector) => Float32Array.from(vector)));
		}
		return all;
	}

	async stop(): Promise<void> {
		// The model is somebody else's.
	}

	#unusable(asked: number, given: number): CoreError {
		return new CoreError('model-reply', `The model ${this.name} made ${given} vectors of ${asked} texts.`, {
			hint: 'Set `embeddings: local` in the models file to use the built-in one.',
		});
	}
}
