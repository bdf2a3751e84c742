import type { BacklogSettings } from '../../domain/backlog/state.ts';
import type { JsonObject } from '../../domain/json.ts';
import { shortened } from '../../domain/shortened.ts';
import type { PlanStep } from '../../domain/task/plan.ts';

/** withWishes tells the steps of an operation which models the project's person chose, and the language to write in. */
export function withWishes(steps: readonly PlanStep[], { models, language }: BacklogSettings): PlanStep[] {
	const { main, research, fallback } = models;
	return steps.map((step) => {
		if (!step.capability.startsWith('backlog.')) return step;
		const wanted = [step.capability === 'backlog.research' ? research : main, fallback];
		const chosen = [...new Set(wanted.filter((name) => name !== undefined))];
		const spoken = language === undefined ? '' : languageIn(language);
		if (chosen.length === 0 && spoken === '') return step;
		const wishes = { models: chosen, ...(spoken === '' ? {} : { language: spoken }) };
		return { ...step, input: { ...(step.input as JsonObject), wishes } };
	});
}

/** It stands in a prompt, and a file that anybody may have written is where it can come from: a name, and no sentence. */
function languageIn(text: string): string {
	const name = text.replace(/[^\p{L}\p{M} ()'-]/gu, ' ').replace(/\s+/g, ' ');
	return shortened(name.trim(), 40);
}
