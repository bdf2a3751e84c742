/** MODELS are the names under which OpenAI clients know Errand: one that runs tasks, and one that only answers. */
export const MODELS = ['errand', 'errand-quick'] as const;
export type ModelName = (typeof MODELS)[number];

/** When the names were first given, in seconds; clients want a date. */
const CREATED = 1_767_225_600;

/** modelNamed reads a model's name; clients may put the provider's before it (`openai/errand`). */
export function modelNamed(name: string): ModelName | undefined {
	const own = name.slice(name.lastIndexOf('/') + 1).toLowerCase();
	return MODELS.find((model) => model === own);
}

/** modelCard is a model as `/v1/models` lists it. */
export function modelCard(id: ModelName) {
	return { id, object: 'model' as const, created: CREATED, owned_by: 'errand' };
}
