import type { ListedModel } from './list-models.ts';

/** chatModels leaves out what does not chat: vectors, speech, pictures, moderation. */
export function chatModels<Model extends ListedModel>(models: readonly Model[]): readonly Model[] {
	return models.filter(({ id }) => !OTHER_WORK.test(id));
}

/** isEmbedding tells by its name that a model makes vectors. */
export function isEmbedding(id: string): boolean {
	return EMBEDS.test(id);
}

/** embeddingModel is the first model that makes vectors. */
export function embeddingModel(models: readonly ListedModel[]): string | undefined {
	return models.find(({ id }) => EMBEDS.test(id))?.id;
}

/**
 * openAiDefault chooses among OpenAI's own models when the operator names none: the newest of the middle size, which
 * does everyday work at a fraction of the largest one's price; else the newest there is.
 */
export function openAiDefault(models: readonly ListedModel[]): ListedModel | undefined {
	const known = models.flatMap((model) => {
		const match = /^gpt-(\d+(?:\.\d+)?)(?:-([a-z]+))?$/.exec(model.id);
		return match === null ? [] : [{ model, version: Number(match[1]), size: match[2] ?? '' }];
	});
	const newest = (sizes: readonly string[]) =>
		known.filter(({ size }) => sizes.includes(size)).toSorted((one, other) => other.version - one.version)[0]?.model;
	return newest(MIDDLE_SIZES) ?? newest(OTHER_SIZES) ?? chatModels(models)[0];
}

const MIDDLE_SIZES = ['terra', 'mini'];
const OTHER_SIZES = ['', 'sol', 'luna'];
const EMBEDS = /embed|(?:^|[/-])(?:bge|e5|gte|minilm)\b/i;
const OTHER_WORK = new RegExp(
	`${EMBEDS.source}|rerank|whisper|tts|transcri|speech|audio|realtime|live|dall-e|image|sora|moderation|guard|instruct-\\d{4}|davinci|babbage`,
	'i',
);
