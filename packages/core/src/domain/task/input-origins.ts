import { parentOf, type Step, stepOf, type Task } from './state.ts';
import { referredSteps } from './step-references.ts';

/**
 * inputOrigins joins the origins of the goal and of everything a step's input and condition refer to, and those of the steps it
 * is a part of. That a step gave nothing tells of what it looked at, too.
 */
export function inputOrigins(task: Task, step: Step): string[] {
	const origins = new Set(task.origins ?? []);
	join(task, step, origins, new Set());
	return [...origins];
}

/** originsOf are those of what a step gave, or of what kept it from giving anything. */
export function originsOf(task: Task, step: Step): readonly string[] {
	return gave(step) ? step.origins : inputOrigins(task, step);
}

function join(task: Task, step: Step, origins: Set<string>, seen: Set<Step>): void {
	if (seen.has(step)) return;
	seen.add(step);
	for (const origin of [...step.origins, ...(step.spec.origins ?? [])]) origins.add(origin);
	const parentId = parentOf(step);
	const parent = parentId === undefined ? undefined : stepOf(task, parentId);
	if (parent !== undefined) join(task, parent, origins, seen);
	for (const id of referredSteps(step.spec)) {
		const source = stepOf(task, id);
		if (source === undefined) continue;
		if (gave(source)) for (const origin of source.origins) origins.add(origin);
		else join(task, source, origins, seen);
	}
}

function gave({ phase }: Step): boolean {
	return phase.status === 'done' || phase.status === 'joined';
}
