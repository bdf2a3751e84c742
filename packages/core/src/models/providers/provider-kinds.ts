import type { ServerDialect } from '../openai/server-dialect.ts';

/** PROVIDER_KIND_NAMES are the kinds of providers that a models file may name. */
export const PROVIDER_KIND_NAMES = [
	'openai',
	'anthropic',
	'gemini',
	'openrouter',
	'ollama',
	'llama',
	'openai-compatible',
] as const;

/** ProviderKind is whose API a provider has. */
export type ProviderKind = (typeof PROVIDER_KIND_NAMES)[number];

/** KindOfProvider is what is known of all providers of a kind. */
export interface KindOfProvider {
	/** Its own address; undefined where each has another. */
	readonly baseUrl?: string | undefined;
	/** It has no address of its own, and one must be given. */
	readonly addressNeeded: boolean;
	readonly apiKeyEnv?: string | undefined;
	/** What differs from the first words to an unknown server. */
	readonly dialect: Partial<ServerDialect>;
	/** Models to use where none are named, of the table of known ones. */
	readonly models: readonly string[];
	/** Where to ask whether it is there, below its address. */
	readonly probePath: string;
	/** How its lists of models are asked for, besides the usual bearer token. */
	readonly headers?: ((apiKey: string) => Readonly<Record<string, string>>) | undefined;
}

/**
 * PROVIDER_KINDS says how each kind is reached. Sources: https://platform.claude.com/docs/en/api/openai-sdk (`response_format`
 * and `strict` have no effect there), https://ai.google.dev/gemini-api/docs/openai, https://openrouter.ai/docs/api-reference/overview.
 */
export const PROVIDER_KINDS: Readonly<Record<ProviderKind, KindOfProvider>> = {
	openai: {
		baseUrl: 'https://api.openai.com/v1',
		addressNeeded: false,
		apiKeyEnv: 'OPENAI_API_KEY',
		dialect: { bound: 'max_completion_tokens' },
		models: ['gpt-6-luna', 'gpt-6.1-terra', 'gpt-6.1-sol', 'text-embedding-3-small'],
		probePath: '/models',
	},
	anthropic: {
		baseUrl: 'https://api.anthropic.com/v1',
		addressNeeded: false,
		apiKeyEnv: 'ANTHROPIC_API_KEY',
		dialect: { output: 'prompt' },
		models: ['claude-haiku-5-5', 'claude-sonnet-5-5', 'claude-opus-5-5'],
		probePath: '/models',
		headers: (apiKey) => ({ 'x-api-key': apiKey, 'anthropic-version': '2023-06-01' }),
	},
	gemini: {
		baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
		addressNeeded: false,
		apiKeyEnv: 'GEMINI_API_KEY',
		dialect: {},
		models: ['gemini-3.5-flash-lite', 'gemini-3.8-flash', 'gemini-3.1-pro-preview', 'gemini-embedding-001'],
		probePath: '/models',
	},
	openrouter: {
		baseUrl: 'https://openrouter.ai/api/v1',
		addressNeeded: false,
		apiKeyEnv: 'OPENROUTER_API_KEY',
		dialect: {},
		models: ['openrouter/auto'],
		// Its list of models is megabytes long, and open to everyone.
		probePath: '/key',
	},
	ollama: { addressNeeded: false, dialect: {}, models: [], probePath: '/models' },
	llama: { addressNeeded: false, dialect: {}, models: [], probePath: '' },
	'openai-compatible': { addressNeeded: true, dialect: {}, models: [], probePath: '/models' },
};
