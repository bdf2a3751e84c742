import type { TaskView } from './view.ts';

/** methodWords says how an answer was made, by rules or by which model; undefined where nothing had to be made. */
export function methodWords({ plan, result }: Pick<TaskView, 'plan' | 'result'>): string | undefined {
	if (result === undefined) return undefined;
	const planner = plannerModel(plan.by);
	const written = result.method === 'model';
	if (plan.steps.length === 0) {
		return planner === undefined
			? undefined
			: `Answered by the language model ${planner} from what it knows, without looking anything up.`;
	}
	if (planner !== undefined) {
		return written
			? `Planned and written with the language model ${planner}.`
			: `Planned with the language model ${planner}, put together by rules from the sources.`;
	}
	if (!written) {
		const did = result.sources.length === 0 ? 'Done by rules' : 'Put together by rules from the sources';
		return `${did}, without a language model.`;
	}
	return plan.by.startsWith('rules:')
		? 'Planned by rules, written with a language model.'
		: 'Written with a language model.';
}

/** plannerWords says who made a plan: `rules`, `qwen3:8b`, `workflow report`, `person`; undefined before there is one. */
export function plannerWords(by: string): string | undefined {
	if (by === '') return undefined;
	if (by.startsWith('rules:')) return 'rules';
	return plannerModel(by) ?? by.replace(':', ' ');
}

function plannerModel(by: string): string | undefined {
	return by.startsWith('model:') ? by.slice('model:'.length) : undefined;
}
