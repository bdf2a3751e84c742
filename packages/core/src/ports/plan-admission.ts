import type { PlannedStep, PlanStep } from '../domain/task/plan.ts';

/**
 * IPlanAdmission checks steps against the capabilities there are and writes their promises into them. `existing` are steps
 * of the same plan that the new ones may refer to. Throws CoreError `invalid-plan` that names every problem, or
 * `model-unavailable` where a language model is all that it lacks.
 */
export interface IPlanAdmission {
	admit(steps: readonly PlanStep[], existing?: readonly PlanStep[]): readonly PlannedStep[];
	/** Whether there still is such a capability: a step may be older than the release that took it away. */
	knows(capability: string): boolean;
}
