import type { Usage } from '../../domain/task/facts.ts';
import type { ModelRequest } from '../../ports/language-model.ts';
import { microUsdOf, type TokenPrice } from '../token-price.ts';
import type { ReplyDraft, TokenCount } from './reply-draft.ts';

/** CHARS_PER_TOKEN is how many characters are about one token, where a server does not count. */
export const CHARS_PER_TOKEN = 4;

/** What a picture of usual size comes to at most providers. */
const TOKENS_PER_IMAGE = 1_000;

/** tokensOf is what a reply came to: as the server counted, else `estimated` from characters, of a reply that broke off too. */
export function tokensOf(request: ModelRequest, draft: ReplyDraft): TokenCount & { readonly estimated: boolean } {
	if (draft.tokens !== undefined) return { ...draft.tokens, estimated: false };
	const pictures = request.messages.flatMap((message) => (message.role === 'user' ? (message.images ?? []) : []));
	const words = request.messages.map((message) => (message.role === 'user' ? message.text : message));
	const asked = JSON.stringify([words, request.output?.schema, request.tools]).length;
	return {
		input: tokensIn(asked) + pictures.length * TOKENS_PER_IMAGE,
		cached: 0,
		output: tokensIn(draft.chars),
		estimated: true,
	};
}

/** usageOfTokens adds the money: what the server says it took, else by price; without either it is 0. */
export function usageOfTokens(
	tokens: TokenCount,
	{ price, headers }: { readonly price: TokenPrice | undefined; readonly headers: Headers | undefined },
): Usage {
	const said = tokens.usd ?? proxyCost(headers);
	const microUsd =
		said !== undefined ? Math.ceil(said * 1e6 - 1e-6) : price === undefined ? 0 : microUsdOf(tokens, price);
	return { tokens: tokens.input + tokens.output, microUsd: Math.max(0, microUsd) };
}

/** tokensIn estimates the tokens of so many characters. */
export function tokensIn(chars: number): number {
	return Math.ceil(chars / CHARS_PER_TOKEN);
}

/** LiteLLM's proxy names the cost in a header (https://docs.litellm.ai/docs/proxy/response_headers); before a stream it may not know it and say 0. */
function proxyCost(headers: Headers | undefined): number | undefined {
	const cost = Number(headers?.get('x-litellm-response-cost') ?? Number.NaN);
	return Number.isFinite(cost) && cost > 0 ? cost : undefined;
}
