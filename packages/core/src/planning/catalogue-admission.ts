import { invalidPlan } from '../domain/task/decisions/planning.ts';
import type { PlannedStep, PlanStep } from '../domain/task/plan.ts';
import type { CapabilityDeclaration } from '../ports/capability.ts';
import type { IPlanAdmission } from '../ports/plan-admission.ts';
import { admitPlan } from './admit-plan.ts';

/** CatalogueAdmission admits plans against one catalogue; `missing` says of a capability by name why it is not offered. */
export class CatalogueAdmission implements IPlanAdmission {
	readonly #catalogue: readonly CapabilityDeclaration[];
	readonly #missing: ReadonlyMap<string, string>;

	constructor(catalogue: readonly CapabilityDeclaration[], missing: ReadonlyMap<string, string> = new Map()) {
		this.#catalogue = catalogue;
		this.#missing = missing;
	}

	admit(steps: readonly PlanStep[], existing: readonly PlanStep[] = []): readonly PlannedStep[] {
		const admission = admitPlan(steps, this.#catalogue, { existing, missing: this.#missing });
		if (admission.ok) return admission.steps;
		throw invalidPlan(admission.problems);
	}

	knows(capability: string): boolean {
		return this.#catalogue.some(({ name }) => name === capability);
	}
}
