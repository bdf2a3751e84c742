import { CoreError } from '../domain/errors.ts';
import type { PlanProblem } from '../domain/task/check-plan.ts';
import { invalidPlan } from '../domain/task/decisions/planning.ts';
import type { PlannedStep, PlanStep } from '../domain/task/plan.ts';
import { isGoneFunction, readFunctionStep } from '../domain/workflow/function-steps.ts';
import type { ICatalogue } from '../ports/catalogue.ts';
import type { IPlanAdmission } from '../ports/plan-admission.ts';
import { admitPlan } from './admit-plan.ts';
import { FLOW_CAPABILITIES } from './flow-capabilities.ts';

interface Admitted {
	readonly steps: readonly PlannedStep[];
	readonly list: ReturnType<ICatalogue['list']>;
	readonly missing: ReturnType<ICatalogue['missing']>;
}

/** CatalogueAdmission admits plans against what can be done at that moment. */
export class CatalogueAdmission implements IPlanAdmission {
	readonly #catalogue: ICatalogue;
	/** Whole plans that were admitted already, as long as the catalogue is the same: workflows come with the same one again. */
	readonly #admitted = new WeakMap<readonly PlanStep[], Admitted>();

	constructor(catalogue: ICatalogue) {
		this.#catalogue = catalogue;
	}

	admit(steps: readonly PlanStep[], existing: readonly PlanStep[] = []): readonly PlannedStep[] {
		const [missing, list] = [this.#catalogue.missing(), this.#catalogue.list()];
		const known = existing.length === 0 ? this.#admitted.get(steps) : undefined;
		if (known?.list === list && known.missing === missing) return known.steps;
		const admission = admitPlan(steps, list, { existing, missing });
		if (admission.ok) {
			if (existing.length === 0) this.#admitted.set(steps, { steps: admission.steps, list, missing });
			return admission.steps;
		}
		throw lacksModel(admission.problems, missing) ?? invalidPlan(admission.problems);
	}

	knows(capability: string): boolean {
		const catalogue = this.#catalogue;
		if (FLOW_CAPABILITIES.some(({ name }) => name === capability)) return true;
		if (catalogue.get(capability) !== undefined) return true;
		// Functions of workflows come with modules; a version that a module no longer has is not waited for.
		if (readFunctionStep(capability) !== undefined) return !isGoneFunction(capability, namesIn(catalogue));
		if (catalogue.missing().has(capability)) return true;
		// What others bring may be on its way after a start: its steps wait for it. Of Errand's own domains all is there at once.
		const [domain] = capability.split('.');
		return catalogue
			.list()
			.every(({ name }) => catalogue.sourceOf(name) !== undefined || name.split('.')[0] !== domain);
	}
}

/** Where all that is wrong with a plan is that there is no language model for what asks one, the plan needs no mending. */
function lacksModel(problems: readonly PlanProblem[], missing: ReadonlyMap<string, string>): CoreError | undefined {
	const reasons = new Set([...missing].flatMap(([name, reason]) => (name.startsWith('model.') ? [reason] : [])));
	const [first] = problems;
	if (first === undefined || !problems.every(({ message }) => reasons.has(message))) return undefined;
	return new CoreError('model-unavailable', `The plan cannot be run now: ${first.message}`, {
		hint: 'Set up a language model with `npm run setup-model`, then run it again.',
	});
}

function namesIn(catalogue: ICatalogue): readonly string[] {
	return catalogue.list().map(({ name }) => name);
}
