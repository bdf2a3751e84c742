import type { ModelVariables } from '../model-variables.ts';
import { isAtHome, type MainServer, type OpenedModel, priceAtHome } from '../open-model.ts';
import { isOpenAi } from '../openai/server-dialect.ts';
import { OPENAI_SETTINGS } from '../openai/server-settings.ts';
import type { RoutedModel } from '../router/routed-model.ts';
import type { TokenPrice } from '../token-price.ts';
import { knownModel, listPrice } from './known-models.ts';
import { CHAT_TIERS, LATER } from './open-server.ts';
import { probeServer } from './probe-server.ts';
import { PROVIDER_KINDS } from './provider-kinds.ts';

/** mainModels are the models of the one server of OPENAI_* or of an Ollama: one for all that is said, and what makes its vectors. */
export function mainModels({
	variables,
	main,
	opened,
}: {
	variables: ModelVariables;
	main: MainServer;
	opened: OpenedModel;
}): readonly Omit<RoutedModel, 'rank'>[] {
	const { baseUrl, chosen } = main;
	const { model, found } = opened;
	const { OPENAI_API_KEY: apiKey, OPENAI_PRICE } = variables;
	const own = isOpenAi(baseUrl);
	const provider = found.by === 'ollama' ? 'ollama' : own ? 'openai' : 'server';
	const id = found.model ?? LATER;
	const priceOf = (name: string): TokenPrice | undefined =>
		OPENAI_PRICE ?? (own ? listPrice(name) : priceAtHome(baseUrl));
	const { probePath: path } = PROVIDER_KINDS['openai-compatible'];
	const probe = probeServer({ baseUrl, apiKey, path, headers: undefined, settings: OPENAI_SETTINGS });
	const vectors =
		variables.OPENAI_EMBEDDING_MODEL ??
		(own ? OPENAI_EMBEDDINGS : typeof chosen === 'function' ? undefined : chosen.embeddingModel);
	const shared = { provider, limits: {}, model, probe, isAtHome: isAtHome(baseUrl) };
	// All of OpenAI's own models of today look at pictures.
	const images = own && (id === LATER || (knownModel('openai', id)?.images ?? true));
	const chat: Omit<RoutedModel, 'rank'> = {
		...{ ...shared, name: `${provider}/${id}`, images },
		// A server that names none may make vectors with the same one.
		tiers: vectors === undefined ? [...CHAT_TIERS, 'embedding'] : CHAT_TIERS,
		get price() {
			return priceOf(model.name);
		},
	};
	if (vectors === undefined) return [chat];
	const price = own ? listPrice(vectors) : priceAtHome(baseUrl);
	return [chat, { ...shared, name: `${provider}/${vectors}`, tiers: ['embedding'], images: false, price }];
}

const OPENAI_EMBEDDINGS = 'text-embedding-3-small';
