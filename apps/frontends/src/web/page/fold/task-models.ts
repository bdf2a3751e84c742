import type { ModelUse, RecordedTaskFact, Usage } from '@errand/core/domain/task/facts.ts';
import { addUsage, NO_USAGE } from '@errand/core/domain/task/usage.ts';

/** StepModels are the models that worked on one step; without a step it is the planning and the answer. */
export interface StepModels {
	readonly stepId: string | undefined;
	readonly uses: readonly ModelUse[];
}

/** stepModels adds up, from a task's facts, which models each step used, for what and why. */
export function stepModels(facts: readonly RecordedTaskFact[]): readonly StepModels[] {
	const steps = new Map<string | undefined, Usage>();
	for (const { data } of facts) {
		if (!('usage' in data) || data.usage?.models === undefined) continue;
		const stepId = 'stepId' in data ? data.stepId : undefined;
		steps.set(stepId, addUsage(steps.get(stepId) ?? NO_USAGE, data.usage));
	}
	return [...steps].map(([stepId, { models = [] }]) => ({ stepId, uses: models }));
}
