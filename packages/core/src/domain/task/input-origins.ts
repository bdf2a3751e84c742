import { parentOf, type Step, stepOf, type Task } from './state.ts';
import { referredSteps } from './step-references.ts';

/** inputOrigins joins the origins of the goal and of everything a step's input and condition refer to, and those of the steps it is a part of. */
export function inputOrigins(task: Task, step: Step): string[] {
	const parentId = parentOf(step);
	const parent = parentId === undefined ? undefined : stepOf(task, parentId);
	const origins = new Set([...(task.origins ?? []), ...step.origins]);
	if (parent !== undefined) for (const origin of inputOrigins(task, parent)) origins.add(origin);
	for (const id of referredSteps(step.spec)) {
		for (const origin of stepOf(task, id)?.origins ?? []) origins.add(origin);
	}
	return [...origins];
}
