import type { TokenCount } from './reply-draft.ts';

/** TokenPrice is what a million tokens cost, in US dollars. */
export interface TokenPrice {
	readonly input: number;
	readonly output: number;
	/** Tokens of the prompt that the provider had kept from before; as `input` where not known. */
	readonly cachedInput?: number | undefined;
}

/**
 * listPrice is OpenAI's list price of one of its own models, undefined for one not in the table. Prices change (two of
 * these fell within a month of their release), so OPENAI_PRICE goes before. Prompts over 272,000 tokens cost more; models
 * are not given such (see `contextTokens`).
 */
export function listPrice(model: string): TokenPrice | undefined {
	// A dated snapshot costs what its name costs.
	const name = model.replace(/-\d{4}-\d{2}-\d{2}$/, '');
	return Object.hasOwn(PRICES, name) ? PRICES[name] : undefined;
}

/** microUsdOf is what tokens cost at a price, in millionths of a US dollar. */
export function microUsdOf({ input, cached, output }: TokenCount, price: TokenPrice): number {
	// Dollars for a million tokens are millionths of a dollar for one.
	const exact = (input - cached) * price.input + cached * (price.cachedInput ?? price.input) + output * price.output;
	return Math.ceil(exact - 1e-6);
}

/**
 * US dollars for a million tokens, as of 2026-11-06. Sources: https://developers.openai.com/api/docs/models/gpt-5.6-luna,
 * https://docs.litellm.ai/blog/gpt-6-1-terra, https://docs.litellm.ai/blog/gpt_6_sol_luna and, for GPT-5.6 after the price
 * cut of 2026-07-30, https://docs.laozhang.ai/en/announcements/gpt-5-6-pricing-2026-07.
 */
const PRICES: Readonly<Record<string, TokenPrice>> = {
	'gpt-6.1-sol': { input: 2, cachedInput: 0.1, output: 10 },
	'gpt-6.1-terra': { input: 1, cachedInput: 0.05, output: 5 },
	'gpt-6-sol': { input: 2, output: 10 },
	'gpt-6-luna': { input: 0.1, output: 0.5 },
	'gpt-5.6': { input: 5, cachedInput: 0.5, output: 30 },
	'gpt-5.6-sol': { input: 5, cachedInput: 0.5, output: 30 },
	'gpt-5.6-terra': { input: 2, cachedInput: 0.2, output: 12 },
	'gpt-5.6-luna': { input: 0.2, cachedInput: 0.02, output: 1.2 },
};
