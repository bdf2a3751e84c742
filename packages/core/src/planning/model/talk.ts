import { CoreError, describeError, isCoreError } from '../../domain/errors.ts';
import type { Usage } from '../../domain/task/facts.ts';
import { addUsage, NO_USAGE } from '../../domain/task/usage.ts';

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

	count(usage: Usage): void {
		this.calls += 1;
		this.usage = addUsage(this.usage, usage);
	}

	/** How many tokens the next reply may have, or why there is no room for one. */
	room(promptTokens: number, contextTokens: number): number | { readonly cause: string; readonly words: string } {
		const tokens = this.#allowance.tokens - this.usage.tokens - promptTokens;
		const money = this.#allowance.microUsd - this.usage.microUsd;
		if (tokens < MIN_REPLY_TOKENS || money <= 0) {
			const what = tokens < MIN_REPLY_TOKENS ? 'tokens' : 'money';
			return { cause: `allowance-${what}`, words: `The ${what} this task may use for a language model are used up` };
		}
		const context = contextTokens - promptTokens;
		if (context < MIN_REPLY_TOKENS) {
			return { cause: 'context', words: `holds only ${contextTokens} tokens, too few to plan this` };
		}
		return Math.min(MAX_REPLY_TOKENS, tokens, context);
	}
}

/** withUsage gives an error with what was spent before it, so that it is counted. */
export function withUsage(error: unknown, usage: Usage): unknown {
	if (usage.tokens === 0 && usage.microUsd === 0) return error;
	const { code, hint } = isCoreError(error) ? error : { code: 'internal' as const, hint: 'Try again.' };
	return Object.assign(new CoreError(code, describeError(error), { hint, cause: error }), { usage });
}

/** throwIfCancelled ends what nobody wants any more. */
export function throwIfCancelled(signal: AbortSignal): void {
	if (!signal.aborted) return;
	throw new CoreError('cancelled', 'Planning was given up: it was cancelled or took too long.', {
		hint: 'Submit the goal again.',
		cause: signal.reason,
	});
}
