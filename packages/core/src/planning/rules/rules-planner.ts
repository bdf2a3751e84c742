import { asksMemory, mayBeRemembered } from '../../domain/memory/memory-words.ts';
import type { IPlanner, PlanOutcome, PlanRequest } from '../../ports/planner.ts';
import { CatalogueNames, type NamedCatalogue } from '../catalogue-names.ts';
import { withRemembered } from '../remembered.ts';
import { fromMemory } from './from-memory.ts';
import { planByRules } from './plan-by-rules.ts';

/** RulesPlanner plans without a language model, by documented patterns; it uses only capabilities of the catalogue. */
export class RulesPlanner implements IPlanner {
	readonly #names: CatalogueNames;

	constructor(catalogue: NamedCatalogue) {
		this.#names = new CatalogueNames(catalogue);
	}

	async plan(request: PlanRequest): Promise<PlanOutcome> {
		const planned = planByRules(request, this.#names.now);
		if (!asksMemory(request.goal) && (planned.kind === 'plan' || !mayBeRemembered(request.goal))) return planned;
		return fromMemory(await withRemembered(request), planned) ?? planned;
	}
}
