import type { ModelTier } from '../router/routed-model.ts';
import type { TokenPrice } from '../token-price.ts';
import type { ProviderKind } from './provider-kinds.ts';

/** KnownModel is what is known of a provider's own model without asking. */
export interface KnownModel {
	readonly tiers: readonly ModelTier[];
	readonly price: TokenPrice;
	/** From this day on (UTC) it costs something else. */
	readonly later?: { readonly from: string; readonly price: TokenPrice } | undefined;
	/** What it is given at most: longer prompts cost more for each token, where that is so. */
	readonly contextTokens: number;
	readonly images: boolean;
	/** Of the price, in the list of sources. */
	readonly source: Source;
}

/** knownModel finds a model in the table, under its name or that of a dated snapshot; undefined for one that is not there. */
export function knownModel(kind: ProviderKind, id: string): KnownModel | undefined {
	const models = KNOWN[kind];
	if (models === undefined) return undefined;
	// A dated snapshot costs what its name costs.
	const name = id.replace(/^models\//, '').replace(/-(?:\d{4}-\d{2}-\d{2}|20\d{6}|latest)$/, '');
	return Object.hasOwn(models, name) ? models[name] : undefined;
}

/** priceAt is what a known model costs at a time (ms since 1970). */
export function priceAt({ price, later }: KnownModel, now: number): TokenPrice {
	return later !== undefined && now >= Date.parse(later.from) ? later.price : price;
}

/** listPrice is OpenAI's list price of one of its own models, undefined for one that is not in the table. */
export function listPrice(id: string): TokenPrice | undefined {
	return knownModel('openai', id)?.price;
}

/** Source is where a price was read, and when it was seen there to hold. */
type Source = keyof typeof PRICE_SOURCES;

/** PRICE_SOURCES is where the prices were read, and the day they were seen to hold. */
export const PRICE_SOURCES = {
	'openai-6.1-sol': ['https://developers.openai.com/api/docs/models/gpt-6.1-sol', '2026-09-30'],
	'openai-6.1-terra': ['https://docs.litellm.ai/blog/gpt-6-1-terra', '2026-11-06'],
	'openai-6': ['https://developers.openai.com/api/docs/pricing', '2026-09-22'],
	'openai-5.6': ['https://docs.laozhang.ai/en/announcements/gpt-5-6-pricing-2026-07', '2026-08-01'],
	'openai-embedding': ['https://tokenmath.io/openai-api-pricing-explained', '2026-06-21'],
	anthropic: ['https://platform.claude.com/docs/en/about-claude/pricing', '2026-10-24'],
	'gemini-flash': ['https://github.com/BerriAI/litellm/discussions/39357', '2026-10-07'],
	gemini: ['https://ai.google.dev/gemini-api/docs/pricing', '2026-10-07'],
} as const satisfies Readonly<Record<string, readonly [address: string, seen: string]>>;

/** US dollars for a million tokens. */
const KNOWN: Readonly<Partial<Record<ProviderKind, Readonly<Record<string, KnownModel>>>>> = {
	openai: {
		'gpt-6.1-sol': openai(['large'], { input: 2, cachedInput: 0.1, output: 10 }, 'openai-6.1-sol'),
		'gpt-6.1-terra': openai(['middle'], { input: 1, cachedInput: 0.05, output: 5 }, 'openai-6.1-terra'),
		'gpt-6-astra': openai(['large'], { input: 10, cachedInput: 1, output: 50 }, 'openai-6'),
		'gpt-6-sol': openai(['large'], { input: 2, cachedInput: 0.2, output: 10 }, 'openai-6'),
		'gpt-6-luna': openai(['small'], { input: 0.1, cachedInput: 0.01, output: 0.5 }, 'openai-6'),
		'gpt-5.6': openai(['large'], { input: 5, cachedInput: 0.5, output: 30 }, 'openai-5.6'),
		'gpt-5.6-sol': openai(['large'], { input: 5, cachedInput: 0.5, output: 30 }, 'openai-5.6'),
		'gpt-5.6-terra': openai(['middle'], { input: 2, cachedInput: 0.2, output: 12 }, 'openai-5.6'),
		'gpt-5.6-luna': openai(['small'], { input: 0.2, cachedInput: 0.02, output: 1.2 }, 'openai-5.6'),
		'text-embedding-3-small': vectors(0.02, 8_191, 'openai-embedding'),
	},
	anthropic: {
		'claude-fable-5-1': claude(['large'], { input: 10, cachedInput: 0.25, output: 50 }, 1_000_000),
		'claude-opus-5-5': claude(['large'], { input: 4, cachedInput: 0.2, output: 20 }, 1_000_000),
		'claude-sonnet-5-5': claude(['middle'], { input: 2, cachedInput: 0.1, output: 10 }, 1_000_000),
		// Above 100,000 tokens every one of them costs five times as much.
		'claude-haiku-5-5': claude(['small'], { input: 0.1, cachedInput: 0.01, output: 0.5 }, 100_000),
		'claude-opus-5': claude(['large'], { input: 5, cachedInput: 0.5, output: 25 }, 1_000_000),
		'claude-sonnet-5': claude(['middle'], { input: 2, cachedInput: 0.2, output: 10 }, 1_000_000),
		'claude-opus-4-8': claude(['large'], { input: 5, cachedInput: 0.5, output: 25 }, 200_000),
		'claude-opus-4-7': claude(['large'], { input: 5, cachedInput: 0.5, output: 25 }, 200_000),
		'claude-opus-4-6': claude(['large'], { input: 5, cachedInput: 0.5, output: 25 }, 200_000),
		'claude-opus-4-5': claude(['large'], { input: 5, cachedInput: 0.5, output: 25 }, 200_000),
		'claude-sonnet-4-6': claude(['middle'], { input: 3, cachedInput: 0.3, output: 15 }, 200_000),
		'claude-sonnet-4-5': claude(['middle'], { input: 3, cachedInput: 0.3, output: 15 }, 200_000),
		'claude-haiku-4-5': claude(['small'], { input: 1, cachedInput: 0.1, output: 5 }, 200_000),
	},
	gemini: {
		'gemini-3.8-flash': {
			tiers: ['middle'],
			price: { input: 0.75, cachedInput: 0.075, output: 3.75 },
			later: { from: '2027-01-01', price: { input: 1.5, output: 7.5 } },
			contextTokens: 1_048_576,
			images: true,
			source: 'gemini-flash',
		},
		'gemini-3.5-flash': gemini(['middle'], { input: 1.5, output: 9 }, 1_048_576),
		'gemini-3.5-flash-lite': gemini(['small'], { input: 0.3, output: 2.5 }, 1_048_576),
		// Above 200,000 tokens prompts cost more.
		'gemini-3.1-pro-preview': gemini(['large'], { input: 2, output: 12 }, 200_000),
		'gemini-embedding-001': vectors(0.15, 2_048, 'gemini'),
	},
};

function openai(tiers: readonly ModelTier[], price: TokenPrice, source: Source): KnownModel {
	// Above, a prompt costs twice as much for each token.
	return { tiers, price, contextTokens: 272_000, images: true, source };
}

function claude(tiers: readonly ModelTier[], price: TokenPrice, contextTokens: number): KnownModel {
	return { tiers, price, contextTokens, images: true, source: 'anthropic' };
}

function gemini(tiers: readonly ModelTier[], price: TokenPrice, contextTokens: number): KnownModel {
	return { tiers, price, contextTokens, images: true, source: 'gemini' };
}

function vectors(input: number, contextTokens: number, source: Source): KnownModel {
	return { tiers: ['embedding'], price: { input, output: 0 }, contextTokens, images: false, source };
}
