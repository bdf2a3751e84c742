import type { ModelsConfig } from './config/models-config.ts';
import type { ModelVariables } from './model-variables.ts';
import { type OpenProvidersOptions, openProviders } from './providers/open-providers.ts';
import type { ModelRouter, ModelRouterParts } from './router/model-router.ts';

/** OpenModelsOptions say where models come from, and what the router that chooses among them needs. */
export interface OpenModelsOptions
	extends Omit<OpenProvidersOptions, 'config'>,
		Omit<ModelRouterParts, 'models' | 'config'> {
	/** What the file of ERRAND_MODELS says. */
	readonly config: ModelsConfig | undefined;
}

/** OpenedModels is every language model there is behind one router, and a sentence for each provider, for the log. */
export interface OpenedModels {
	readonly router: ModelRouter;
	/** They hold no secret. */
	readonly words: readonly string[];
	/** Ends all that was started for them; a second call does nothing. */
	stop(): Promise<void>;
}

/**
 * openModels opens the models of the file of ERRAND_MODELS, of the environment, or that are found on this machine; undefined where
 * there is none. It takes no longer than about 300 ms and never fails because a provider is down. Keys are kept from models too.
 */
export async function openModels(options: OpenModelsOptions): Promise<OpenedModels | undefined> {
	const { models, words, stop } = await openProviders(options);
	if (models.length === 0) {
		await stop();
		return undefined;
	}
	const { ModelRouter } = await import('./router/model-router.ts');
	const secrets = [...new Set([...options.secrets, ...keysOf(options)])];
	const router = new ModelRouter({ ...options, models, secrets });
	router.start();
	return {
		router,
		words,
		stop: async () => {
			router.stop();
			await stop();
		},
	};
}

function keysOf({ config, variables }: Pick<OpenModelsOptions, 'config'> & { variables: ModelVariables }): string[] {
	const keys = [
		...(config?.providers ?? []).map(({ apiKey }) => apiKey),
		...Object.entries(variables).flatMap(([name, value]) => (/_KEY$/.test(name) ? [value] : [])),
	];
	return keys.filter((key): key is string => typeof key === 'string' && key.length >= SHORTEST_KEY);
}

/** Servers at home are given words such as “ollama” for a key, which are no secret and stand in many texts. */
const SHORTEST_KEY = 16;
