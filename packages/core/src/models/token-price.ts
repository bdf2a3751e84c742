import type { TokenCount } from './openai/reply-draft.ts';

/** TokenPrice is what a million tokens cost, in US dollars. */
export interface TokenPrice {
	readonly input: number;
	readonly output: number;
	/** Tokens of the prompt that the provider had kept from before; as `input` where not known. */
	readonly cachedInput?: number | undefined;
}

/** microUsdOf is what tokens cost at a price, in millionths of a US dollar. */
export function microUsdOf({ input, cached, output }: TokenCount, price: TokenPrice): number {
	// Dollars for a million tokens are millionths of a dollar for one.
	const exact = (input - cached) * price.input + cached * (price.cachedInput ?? price.input) + output * price.output;
	return Math.max(0, Math.ceil(exact - 1e-6));
}
