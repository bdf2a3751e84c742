import type { Json } from '@errand/core/domain/json.ts';
import { type Draft, type DraftStep, draftWith, isParallel, type Path, stepsAt, textOf } from './draft.ts';
import { freeId } from './free-id.ts';
import { comesBefore } from './list-edges.ts';

/** withStep is a draft with a new step in a list, right after the one at `after`; -1 puts it first. */
export function withStep(
	draft: Draft,
	list: Path,
	{ step, after }: { readonly step: DraftStep; readonly after: number },
): Draft {
	const steps = stepsAt(draft, list);
	return draftWith(draft, list, [...steps.slice(0, after + 1), step, ...steps.slice(after + 1)]);
}

/** withoutStep is a draft without a step; what waited for it waits for what it waited for. */
export function withoutStep(draft: Draft, list: Path, index: number): Draft {
	const steps = stepsAt(draft, list);
	const id = textOf(steps[index], 'id');
	const instead = namesAt(steps, comesBefore(steps, index, isParallel(list)));
	const kept = steps.flatMap((step, at) => {
		if (at === index) return [];
		const after = step['after'];
		if (id === '' || !Array.isArray(after) || !after.includes(id)) return [step];
		const others = (after as readonly Json[]).filter((one) => one !== id);
		return [{ ...step, after: [...new Set([...others, ...instead])] }];
	});
	return draftWith(draft, list, kept);
}

/** Link is a pair of steps of one list, by their positions: `to` is to wait for `from`. */
export interface Link {
	readonly from: number;
	readonly to: number;
}

/** withLink has a step wait for another one too; both get ids where they had none. */
export function withLink(draft: Draft, list: Path, { from, to }: Link): Draft {
	const before = comesBefore(stepsAt(draft, list), to, isParallel(list));
	if (from === to || before.includes(from)) return draft;
	return withOrder(draft, list, { index: to, before: [...before, from] });
}

/** withoutLink has a step no longer wait for another one. */
export function withoutLink(draft: Draft, list: Path, { from, to }: Link): Draft {
	const before = comesBefore(stepsAt(draft, list), to, isParallel(list));
	return withOrder(draft, list, { index: to, before: before.filter((at) => at !== from) });
}

function withOrder(
	draft: Draft,
	list: Path,
	{ index, before }: { readonly index: number; readonly before: readonly number[] },
): Draft {
	const named = withIds(draft, list, before);
	const steps = stepsAt(named, list);
	const usual = isParallel(list) || index === 0 ? [] : [index - 1];
	const asUsual = before.length === usual.length && before.every((at) => usual.includes(at));
	return draftWith(named, [...list, index, 'after'], asUsual ? undefined : namesAt(steps, before));
}

/** Gives ids to the steps at these positions that have none. */
function withIds(draft: Draft, list: Path, positions: readonly number[]): Draft {
	let named = draft;
	for (const at of positions) {
		const step = stepsAt(named, list)[at];
		if (step === undefined || textOf(step, 'id') !== '') continue;
		named = draftWith(named, [...list, at, 'id'], freeId(named, textOf(step, 'use') || 'step'));
	}
	return named;
}

function namesAt(steps: readonly DraftStep[], positions: readonly number[]): readonly string[] {
	return positions.map((at) => textOf(steps[at], 'id')).filter((id) => id !== '');
}
