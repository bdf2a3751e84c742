import { shortened } from '../shortened.ts';
import { plannedSteps, type Report, type Task } from '../task/state.ts';
import { MEMORY_LIMITS } from './limits.ts';

const MAX_GOAL = 400;
/** Less is a word of courtesy, not a finding. */
const MIN_ANSWER = 20;

/** NotableResult is what is worth noting of a task: what was asked, what came of it, and where that comes from. */
export interface NotableResult {
	readonly text: string;
	readonly source: string;
	readonly origins: readonly string[];
}

/**
 * resultToNote is what a report says that is worth remembering: the answer of a task that somebody planned from a person's
 * words and that is done. Small talk, quick answers, what failed, and plans that came along ready are not.
 */
export function resultToNote(task: Task, report: Pick<Report, 'about'>): NotableResult | undefined {
	const { end, planBy, answerOnly, goal } = task;
	if (report.about.kind !== 'end' || end?.status !== 'done' || answerOnly !== undefined) return undefined;
	if (!/^(?:rules|model):/.test(planBy) || plannedSteps(task).length === 0) return undefined;
	const answer = end.result.text.trim();
	if (answer.length < MIN_ANSWER) return undefined;
	const asked = shortened(goal.replace(/\s+/g, ' ').trim(), MAX_GOAL);
	return {
		text: shortened(`${asked}\n\n${answer}`, MEMORY_LIMITS.text),
		source: task.id,
		origins: originsOf(task).slice(0, MEMORY_LIMITS.origins),
	};
}

function originsOf({ origins = [], steps }: Task): string[] {
	return [...new Set([...origins, ...Object.values(steps).flatMap((step) => step.origins)])];
}
