import { CoreError } from '../../errors.ts';
import type { StepId } from '../../ids.ts';
import { planProblems } from '../check-plan.ts';
import type { PlannedEdit, TaskCommandOf } from '../commands.ts';
import { type Draft, record } from '../draft.ts';
import { taskFact } from '../facts.ts';
import type { PlannedStep } from '../plan.ts';
import { ancestorsOf, openQuestions, plannedSteps, stepOf, type Task } from '../state.ts';
import { invalidPlan, recordPlanApproval } from './planning.ts';
import { knownStep } from './run.ts';

/** editPlan changes steps that have not started, against the version the editor saw; what was approved has to be approved again. */
export function editPlan(draft: Draft, task: Task, command: TaskCommandOf<'EditPlan'>): void {
	if (task.end !== undefined) {
		throw new CoreError('not-possible', `Task ${task.id} is ${task.end.status}; its plan can no longer be edited.`, {
			hint: 'Retry the task first, or submit a new one.',
		});
	}
	if (task.undoing !== undefined) {
		throw new CoreError('not-possible', `Task ${task.id} has failed; what was done is being taken back.`, {
			hint: 'Wait until that is over, then retry the task.',
		});
	}
	if (command.baseVersion !== task.planVersion) {
		const message = `The plan is at version ${task.planVersion}, the edit was made against version ${command.baseVersion}.`;
		throw new CoreError('version-conflict', message, { hint: 'Read the plan again and repeat the edit.' });
	}
	const edited = { added: [] as PlannedStep[], updated: [] as PlannedStep[], removed: [] as StepId[] };
	for (const edit of command.edits) sortEdit(task, edit, edited);
	const problems = planProblems(editedSteps(task, edited));
	if (problems.length > 0) throw invalidPlan(problems);
	record(draft, taskFact('PlanEdited', { by: command.by, version: task.planVersion + 1, ...edited }));
	const approvals = openQuestions(task).filter((question) => question.purpose === 'plan');
	for (const { id } of approvals)
		record(draft, taskFact('QuestionWithdrawn', { questionId: id, reason: 'The plan was edited.' }));
	if (task.approve) recordPlanApproval(draft);
}

interface EditedSteps {
	readonly added: PlannedStep[];
	readonly updated: PlannedStep[];
	readonly removed: StepId[];
}

function sortEdit(task: Task, edit: PlannedEdit, { added, updated, removed }: EditedSteps): void {
	if (edit.op === 'add') {
		added.push(edit.step);
		return;
	}
	const step = knownStep(task, edit.op === 'remove' ? edit.stepId : edit.step.id);
	const [outermost] = ancestorsOf(task, step).reverse();
	if (step.within !== undefined && outermost !== undefined) {
		throw new CoreError(
			'not-possible',
			`Step "${step.spec.id}" is inside of "${outermost.spec.id}", which has started.`,
			{
				hint: 'A step that is made of others is edited as a whole, before it starts; skip or retry what is inside it instead.',
			},
		);
	}
	if (step.phase.status !== 'waiting' || step.attempts > 0 || step.item !== undefined || step.undoes !== undefined) {
		throw new CoreError('not-possible', `Step "${step.spec.id}" has already started.`, {
			hint: 'Only steps that have not started can be edited; skip or retry it instead.',
		});
	}
	if (edit.op === 'remove') removed.push(edit.stepId);
	else updated.push(edit.step);
}

function editedSteps(task: Task, { added, updated, removed }: EditedSteps): PlannedStep[] {
	const planned = plannedSteps(task).filter((step) => !removed.includes(step.spec.id));
	const kept = planned.map((step) => updated.find((spec) => spec.id === step.spec.id) ?? step.spec);
	return [...kept, ...added.filter((spec) => stepOf(task, spec.id) === undefined || !removed.includes(spec.id))];
}
