import { asksMemory, mayBeRemembered } from '../../domain/memory/memory-words.ts';
import type { IPlanner, PlanOutcome, PlanRequest } from '../../ports/planner.ts';
import { CatalogueNames, type NamedCatalogue } from '../catalogue-names.ts';
import { withRemembered } from '../remembered.ts';
import { fromMemory } from './from-memory.ts';
import { planByRules } from './plan-by-rules.ts';
import { mayBeScheduled } from './scheduled-words.ts';

/** RulesPlanner plans without a language model, by documented patterns; it uses only capabilities of the catalogue. */
export class RulesPlanner implements IPlanner {
	readonly #names: CatalogueNames;

	constructor(catalogue: NamedCatalogue) {
		this.#names = new CatalogueNames(catalogue);
	}

	async plan(request: PlanRequest): Promise<PlanOutcome> {
		if (this.#names.now.has('schedule.create') && mayBeScheduled(request.goal)) {
			// What reads words about time is loaded with the first that may hold any.
			const later = (await import('./plan-schedule.ts')).planSchedule(request);
			if (later !== undefined) return later;
		}
		const planned = planByRules(request, this.#names.now);
		if (!asksMemory(request.goal) && (planned.kind === 'plan' || !mayBeRemembered(request.goal))) return planned;
		return fromMemory(await withRemembered(request), planned) ?? planned;
	}
}
