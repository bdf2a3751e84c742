import { invalidPlan } from '../domain/task/decisions/planning.ts';
import type { PlannedStep, PlanStep } from '../domain/task/plan.ts';
import type { ICatalogue } from '../ports/catalogue.ts';
import type { IPlanAdmission } from '../ports/plan-admission.ts';
import { admitPlan } from './admit-plan.ts';
import { FLOW_CAPABILITIES } from './flow-capabilities.ts';

/** CatalogueAdmission admits plans against what can be done at that moment. */
export class CatalogueAdmission implements IPlanAdmission {
	readonly #catalogue: ICatalogue;

	constructor(catalogue: ICatalogue) {
		this.#catalogue = catalogue;
	}

	admit(steps: readonly PlanStep[], existing: readonly PlanStep[] = []): readonly PlannedStep[] {
		const admission = admitPlan(steps, this.#catalogue.list(), { existing, missing: this.#catalogue.missing() });
		if (admission.ok) return admission.steps;
		throw invalidPlan(admission.problems);
	}

	knows(capability: string): boolean {
		const catalogue = this.#catalogue;
		if (FLOW_CAPABILITIES.some(({ name }) => name === capability)) return true;
		if (catalogue.get(capability) !== undefined || catalogue.missing().has(capability)) return true;
		// What others bring may be on its way after a start: its steps wait for it. Of Errand's own domains all is there at once.
		const [domain] = capability.split('.');
		return catalogue
			.list()
			.every(({ name }) => catalogue.sourceOf(name) !== undefined || name.split('.')[0] !== domain);
	}
}
