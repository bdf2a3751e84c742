import { CoreError } from '../../domain/errors.ts';
import type { Usage } from '../../domain/task/facts.ts';
import { addUsage, NO_USAGE } from '../../domain/task/usage.ts';
import type { ILanguageModel } from '../../ports/language-model.ts';
import { type GivenUp, givenUp } from './judge-reply.ts';

const MAX_REPLY_TOKENS = 4_000;
/** A reply that may be no longer than this is not worth asking for. */
const MIN_REPLY_TOKENS = 500;

/** Talk counts what one planning costs, and says how much the next reply may. */
export class Talk {
	calls = 0;
	usage: Usage = NO_USAGE;
	readonly #allowance: Usage;

	constructor(allowance: Usage) {
		this.#allowance = allowance;
	}

	spend(usage: Usage): void {
		this.usage = addUsage(this.usage, usage);
	}

	/** What the next reply may cost in all, its request included. */
	get left(): Usage {
		return {
			tokens: Math.max(0, this.#allowance.tokens - this.usage.tokens),
			microUsd: Math.max(0, this.#allowance.microUsd - this.usage.microUsd),
		};
	}

	/** How many tokens the next reply may have, or why there is no room for one. */
	room(
		promptTokens: number,
		{ name, contextTokens }: Pick<ILanguageModel, 'name' | 'contextTokens'>,
	): number | GivenUp {
		const tokens = this.#allowance.tokens - this.usage.tokens - promptTokens;
		const money = this.#allowance.microUsd - this.usage.microUsd;
		if (tokens < MIN_REPLY_TOKENS || money <= 0) {
			const [what, are] = tokens < MIN_REPLY_TOKENS ? ['tokens', 'are'] : ['money', 'is'];
			return givenUp('allowance', `The ${what} this task may use for a language model ${are} used up`);
		}
		const context = contextTokens - promptTokens;
		if (context >= MIN_REPLY_TOKENS) return Math.min(MAX_REPLY_TOKENS, tokens, context);
		return givenUp('context', `The model ${name} holds only ${contextTokens} tokens, too few to plan this`);
	}
}

/** throwIfCancelled ends what nobody wants any more. */
export function throwIfCancelled(signal: AbortSignal): void {
	if (!signal.aborted) return;
	throw new CoreError('cancelled', 'Planning was given up: it was cancelled or took too long.', {
		hint: 'Submit the goal again.',
		cause: signal.reason,
	});
}
