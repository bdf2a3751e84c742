import type { Json } from '@errand/core/domain/json.ts';
import { type DraftStep, textOf } from './draft.ts';

/** comesBefore are the positions of the steps that a step waits for by order: those `after` names, or else the one before it. */
export function comesBefore(steps: readonly DraftStep[], index: number, parallel: boolean): readonly number[] {
	const after = steps[index]?.['after'];
	if (!Array.isArray(after)) return parallel || index === 0 ? [] : [index - 1];
	const found = (after as readonly Json[]).map((id) => steps.findIndex((step) => textOf(step, 'id') === id));
	return [...new Set(found)].filter((at) => at >= 0 && at !== index);
}

/** comesAfter are the positions of all steps that wait for a step by order, through others too. */
export function comesAfter(steps: readonly DraftStep[], index: number, parallel: boolean): ReadonlySet<number> {
	const found = new Set<number>();
	const waiting = [index];
	const before = steps.map((_, at) => comesBefore(steps, at, parallel));
	for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
		for (const [other, needs] of before.entries()) {
			if (other === index || found.has(other) || !needs.includes(at)) continue;
			found.add(other);
			waiting.push(other);
		}
	}
	return found;
}
