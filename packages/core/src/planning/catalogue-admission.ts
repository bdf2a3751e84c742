import { invalidPlan } from '../domain/task/decisions/planning.ts';
import type { PlannedStep, PlanStep } from '../domain/task/plan.ts';
import type { CapabilityDeclaration } from '../ports/capability.ts';
import type { IPlanAdmission } from '../ports/plan-admission.ts';
import { admitPlan } from './admit-plan.ts';

/** CatalogueAdmission admits plans against one catalogue. */
export class CatalogueAdmission implements IPlanAdmission {
	readonly #catalogue: readonly CapabilityDeclaration[];

	constructor(catalogue: readonly CapabilityDeclaration[]) {
		this.#catalogue = catalogue;
	}

	admit(steps: readonly PlanStep[], existing: readonly PlanStep[] = []): readonly PlannedStep[] {
		const admission = admitPlan(steps, this.#catalogue, { existing });
		if (admission.ok) return admission.steps;
		throw invalidPlan(admission.problems);
	}

	knows(capability: string): boolean {
		return this.#catalogue.some(({ name }) => name === capability);
	}
}
