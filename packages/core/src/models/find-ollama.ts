import { chatModels, embeddingModel } from './openai/choose-model.ts';
import type { ChosenModel } from './openai/chosen-model.ts';
import { getJson } from './openai/list-models.ts';

/** OllamaFound is an Ollama that answers, where its OpenAI-compatible API is, and its models with the chosen one. */
export interface OllamaFound {
	readonly baseUrl: string;
	readonly models: readonly string[];
	/** Undefined when it has none that chats. */
	readonly model: ChosenModel | undefined;
}

/**
 * findOllama looks whether an Ollama listens at an address and chooses its largest chat model, or the one that is wanted.
 * Undefined when none answers in time; it never rejects.
 */
export async function findOllama({
	host,
	timeoutMs = 300,
	wanted,
}: {
	/** Such as `http://127.0.0.1:11434`. */
	readonly host: string;
	readonly timeoutMs?: number | undefined;
	readonly wanted?: string | undefined;
}): Promise<OllamaFound | undefined> {
	const signal = AbortSignal.timeout(timeoutMs);
	const tags = await getJson(`${host}/api/tags`, { signal }).catch(() => undefined);
	if (tags === undefined) return undefined;
	const models = readTags(tags);
	const id = wanted ?? chatModels(models).toSorted((one, other) => other.size - one.size)[0]?.id;
	const found = { baseUrl: `${host}/v1`, models: models.map((model) => model.id) };
	if (id === undefined) return { ...found, model: undefined };
	const contextTokens = await contextOf(id, host, signal);
	return { ...found, model: { id, contextTokens, embeddingModel: embeddingModel(models) } };
}

/**
 * Only a loaded model tells how much it really holds: Ollama cuts prompts at its own setting (OLLAMA_CONTEXT_LENGTH), far
 * below what the model was made for (https://docs.ollama.com/context-length).
 */
async function contextOf(id: string, host: string, signal: AbortSignal): Promise<number> {
	const running = await getJson(`${host}/api/ps`, { signal }).catch(() => undefined);
	const { models } = Object(running) as { models?: unknown };
	for (const entry of Array.isArray(models) ? models : []) {
		const { name, context_length } = Object(entry) as Record<string, unknown>;
		if (name === id && typeof context_length === 'number' && context_length > 0) return context_length;
	}
	return DEFAULT_CONTEXT_TOKENS;
}

const DEFAULT_CONTEXT_TOKENS = 4_096;

function readTags(json: unknown): readonly { readonly id: string; readonly size: number }[] {
	const { models } = Object(json) as { models?: unknown };
	return (Array.isArray(models) ? models : []).flatMap((entry: unknown) => {
		const { name, size } = Object(entry) as Record<string, unknown>;
		return typeof name === 'string' ? [{ id: name, size: typeof size === 'number' ? size : 0 }] : [];
	});
}
