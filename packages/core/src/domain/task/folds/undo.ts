import { asStepId, type StepId } from '../../ids.ts';
import type { FactOf } from '../facts.ts';
import type { PlannedStep } from '../plan.ts';
import { rewriteUndo } from '../rewrite-step.ts';
import { type Step, stepOf, type Task } from '../state.ts';
import { SELF } from '../step-references.ts';
import { cancelAll, elementNames } from './flow.ts';
import { newStep } from './steps.ts';

/** undoBegun stops what goes on and puts in the steps that take back what was done, one after the other. */
export function undoBegun(task: Task, fact: FactOf<'UndoBegun'>, at: number): Task {
	const stopped = cancelAll(task, at);
	const steps: Record<StepId, Step> = { ...stopped.steps };
	let after: StepId | undefined;
	for (const id of fact.data.steps) {
		const step = stepOf(stopped, id);
		const spec = step === undefined ? undefined : undoSpec(stopped, step, after);
		if (step === undefined || spec === undefined) continue;
		steps[spec.id] = newStep(spec, {
			undoes: id,
			origins: step.origins,
			addedBy: step.addedBy,
			attempts: step.undoSpent ?? 0,
		});
		after = spec.id;
	}
	return { ...stopped, steps, undoing: { error: fact.data.error } };
}

/** withoutUndo takes away the steps that took others back, when the task goes on. */
export function withoutUndo(task: Task): Task {
	if (task.undoing === undefined) return task;
	const { undoing: _undoing, ...rest } = task;
	const steps: Record<StepId, Step> = {};
	for (const [id, step] of Object.entries(task.steps)) if (step.undoes === undefined) steps[id as StepId] = step;
	for (const { undoes, attempts } of Object.values(task.steps)) {
		const step = undoes === undefined ? undefined : steps[undoes];
		if (undoes !== undefined && step !== undefined) steps[undoes] = { ...step, undoSpent: attempts };
	}
	return { ...rest, steps };
}

/** The step that takes another back, after those before it have ended. */
function undoSpec(task: Task, step: Step, after: StepId | undefined): PlannedStep | undefined {
	const { id, title, undo } = step.spec;
	if (undo === undefined) return undefined;
	const names = new Map([...elementNames(task, step), [SELF, id as string]]);
	return {
		...rewriteUndo(undo, names),
		id: undoStepId(id),
		title: `Undo: ${title}`,
		dependsOn: after === undefined ? [] : [after],
		essential: false,
	};
}

/** The id of the step that takes another back; `~` cannot occur in planned ids. */
const undoStepId = (step: StepId): StepId => asStepId(`${step}~undo`);
