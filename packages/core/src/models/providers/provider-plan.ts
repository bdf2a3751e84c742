import { keyVariable, type ModelConfig, type ModelsConfig, type ProviderConfig } from '../config/models-config.ts';
import type { ModelVariables } from '../model-variables.ts';
import { fileSettings, OPENAI_SETTINGS, type ServerSettings } from '../openai/server-settings.ts';
import type { ProviderLimits } from '../router/routed-model.ts';
import { PROVIDER_KINDS, type ProviderKind } from './provider-kinds.ts';

/** ProviderPlan is one provider to open, wherever it was written down. */
export interface ProviderPlan {
	readonly name: string;
	readonly kind: ProviderKind;
	/** Undefined for what runs in this process' children. */
	readonly baseUrl: string | undefined;
	readonly apiKey: string | undefined;
	readonly api: 'chat' | 'responses';
	readonly silenceMs: number | undefined;
	readonly limits: ProviderLimits;
	/** Where its settings are written down. */
	readonly settings: ServerSettings;
	/** None: it is asked what it has. */
	readonly models: readonly ModelPlan[];
}

/** ModelPlan is a model by the name its provider has for it, and what the operator said of it. */
export type ModelPlan = Omit<Partial<ModelConfig>, 'name'> & { readonly id: string };

/** plansOfFile are the providers of a models file. */
export function plansOfFile(config: ModelsConfig, variables: ModelVariables): readonly ProviderPlan[] {
	return config.providers.map((provider) => {
		const { name, kind, silenceMs, limits, api = 'chat' } = provider;
		const own = config.models.flatMap(({ name: model, ...rest }): ModelPlan[] =>
			model.startsWith(`${name}/`) ? [{ ...rest, id: model.slice(name.length + 1) }] : [],
		);
		const settings = fileSettings(name, keyVariable(provider));
		const models = own.length > 0 ? own : PROVIDER_KINDS[kind].models.map((id) => ({ id }));
		const apiKey = keyOf(provider, variables);
		return { name, kind, baseUrl: addressOf(provider, variables), apiKey, api, silenceMs, limits, settings, models };
	});
}

/** plansOfKeys are the providers whose keys stand in the environment, besides the one server of OPENAI_*. */
export function plansOfKeys(variables: ModelVariables): readonly ProviderPlan[] {
	return (['anthropic', 'gemini', 'openrouter'] as const).flatMap((kind): ProviderPlan[] => {
		const { baseUrl, apiKeyEnv, models } = PROVIDER_KINDS[kind];
		const apiKey = variables[KEYS[kind]];
		if (apiKey === undefined) return [];
		const settings = { ...OPENAI_SETTINGS, key: apiKeyEnv ?? KEYS[kind], command: undefined };
		const rest = { api: 'chat', silenceMs: variables.OPENAI_SILENCE_MS, limits: {}, settings } as const;
		return [{ name: kind, kind, baseUrl, apiKey, ...rest, models: models.map((id) => ({ id })) }];
	});
}

const KEYS = {
	openai: 'OPENAI_API_KEY',
	anthropic: 'ANTHROPIC_API_KEY',
	gemini: 'GEMINI_API_KEY',
	openrouter: 'OPENROUTER_API_KEY',
} as const;

function keyOf(provider: ProviderConfig, variables: ModelVariables): string | undefined {
	const { apiKey, kind, apiKeyEnv } = provider;
	if (apiKey !== undefined || !(kind in KEYS)) return apiKey;
	const name = apiKeyEnv ?? KEYS[kind as keyof typeof KEYS];
	const known = Object.values(KEYS).find((each) => each === name);
	return known === undefined ? undefined : variables[known];
}

function addressOf({ kind, baseUrl }: ProviderConfig, variables: ModelVariables): string | undefined {
	if (baseUrl !== undefined || kind !== 'ollama') return baseUrl ?? PROVIDER_KINDS[kind].baseUrl;
	return `${variables.OLLAMA_HOST}/v1`;
}
