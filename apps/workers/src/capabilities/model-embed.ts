import { CoreError } from '@errand/core/domain/errors.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import { z } from 'zod';

const input = z.object({
	texts: z.array(z.string().min(1).max(200_000)).min(1).max(256),
	/** The one that makes the vectors; the usual one where it is left out or null. */
	model: z.string().min(1).max(200).nullable().optional(),
});

const output = z.object({
	/** One for each text, in order. */
	embeddings: z.array(z.array(z.number())),
	model: z.string(),
	/** How many numbers each has. */
	dimension: z.int(),
});

/** `model.embed` makes vectors of texts; those of one model can be compared, those of two cannot. */
export const modelEmbed: ICapability<z.infer<typeof input>, z.infer<typeof output>> = {
	name: 'model.embed',
	version: 1,
	summary:
		'Makes a vector of numbers of each text with an embedding model: texts that mean alike have vectors that are alike.',
	input,
	output,
	effects: 'none',
	pure: false,
	placement: 'process',
	concurrency: 4,
	timeoutMs: 120_000,
	needs: ['model'],
	async run({ texts, model: wanted }, { model }) {
		if (model === undefined) {
			throw new CoreError('model-unavailable', 'There is no language model to make vectors now.', {
				hint: 'Try it again in a moment, or set one up with `npm run setup-model`.',
			});
		}
		const { vectors, model: by } = await model.embed(texts, { model: wanted ?? undefined });
		const [first] = vectors;
		if (vectors.length !== texts.length || first === undefined || first.length === 0) {
			throw new CoreError(
				'model-reply',
				`The model ${by} was asked for ${texts.length} vectors and made none that can be used.`,
				{
					hint: 'Configure a model that makes vectors with OPENAI_EMBEDDING_MODEL.',
				},
			);
		}
		return { embeddings: vectors.map((vector) => [...vector]), model: by, dimension: first.length };
	},
};
