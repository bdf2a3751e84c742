import type { StepId } from '../../../domain/ids.ts';
import type { PlanStep, When } from '../../../domain/task/plan.ts';
import type { WorkflowPath } from '../found-problem.ts';
import type { Compilation } from './compilation.ts';
import type { Scope } from './scope.ts';

/** MadeStep is a step of a plan that a step of a definition became; `inOrder`: it takes the definition's place in its list. */
export interface MadeStep {
	readonly id: StepId;
	readonly step: PlanStep;
	readonly inOrder: boolean;
}

export interface StepTools {
	readonly compilation: Compilation;
	readonly scope: Scope;
	readonly place: WorkflowPath;
	readonly id: StepId;
}

/** Common is what every step of a plan takes over from the definition's step. */
export interface Common {
	readonly title: string;
	readonly essential: boolean;
	readonly when?: When | undefined;
}

/** beside is a step of the plan that may run as soon as what it looks at is there. */
export function beside(step: PlanStep): MadeStep {
	return { id: step.id, step, inOrder: false };
}

/** inOrder is a step of the plan that waits for what the list puts before it. */
export function inOrder(step: PlanStep): MadeStep {
	return { id: step.id, step, inOrder: true };
}

/** withoutTitle is what a step that helps another takes over from it. */
export function withoutTitle({ essential, when }: Common): Omit<Common, 'title'> {
	return { essential, ...(when === undefined ? {} : { when }) };
}
