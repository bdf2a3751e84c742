import { isJsonObject } from '../json.ts';
import type { Budget, ModelUse, Usage } from './facts.ts';

/** NO_USAGE is what costs nothing. */
export const NO_USAGE: Usage = { tokens: 0, microUsd: 0 };

/** addUsage sums up what two things cost; calls of one model for the same purpose and reason are one entry. */
export function addUsage(one: Usage, other: Usage): Usage {
	const sum = { tokens: one.tokens + other.tokens, microUsd: one.microUsd + other.microUsd };
	const models = addUses(one.models, other.models);
	return models === undefined ? sum : { ...sum, models };
}

/** allowanceOf is what a task may still use before the person is asked. */
export function allowanceOf({ budget, usage }: { readonly budget: Budget; readonly usage: Usage }): Usage {
	return {
		tokens: Math.max(0, budget.maxTokens - usage.tokens),
		microUsd: Math.max(0, budget.maxMicroUsd - usage.microUsd),
	};
}

/** usageOf is what an error says it cost, carried as `usage`; undefined for one that says nothing. */
export function usageOf(error: unknown): Usage | undefined {
	const usage = typeof error === 'object' && error !== null && 'usage' in error ? error.usage : undefined;
	if (!isJsonObject(usage)) return undefined;
	const { tokens, microUsd, models } = usage;
	if (typeof tokens !== 'number' || typeof microUsd !== 'number') return undefined;
	// Whoever carries such a list made it.
	return Array.isArray(models) ? { tokens, microUsd, models: models as unknown as ModelUse[] } : { tokens, microUsd };
}

/** withUsage lets an error carry what it cost; one that cost nothing stays as it is. */
export function withUsage(error: unknown, usage: Usage): unknown {
	if (usage.tokens === 0 && usage.microUsd === 0 && usage.models === undefined) return error;
	return error instanceof Error ? Object.assign(error, { usage }) : error;
}

/** Reasons are of few kinds; whatever makes more of them is summed up, so that a task does not grow without end. */
const MAX_USES = 50;
const OTHER_REASONS = 'for several reasons';

function addUses(
	one: readonly ModelUse[] | undefined,
	other: readonly ModelUse[] | undefined,
): readonly ModelUse[] | undefined {
	if (other === undefined || other.length === 0) return one;
	if (one === undefined || one.length === 0) return other;
	const sums = [...one];
	for (const use of other) {
		const kept = sums.length >= MAX_USES ? { ...use, reason: OTHER_REASONS } : use;
		const exact = sums.findIndex((sum) => isSame(sum, use));
		const at = exact >= 0 ? exact : sums.findIndex((sum) => isSame(sum, kept));
		const sum = sums[at];
		if (sum === undefined) sums.push(kept);
		else sums[at] = added(sum, use);
	}
	return sums;
}

function isSame(one: ModelUse, other: ModelUse): boolean {
	return one.model === other.model && one.purpose === other.purpose && one.reason === other.reason;
}

function added(sum: ModelUse, { calls, tokens, microUsd }: ModelUse): ModelUse {
	return { ...sum, calls: sum.calls + calls, tokens: sum.tokens + tokens, microUsd: sum.microUsd + microUsd };
}
