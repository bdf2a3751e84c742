import type { WorkflowDefinition, WorkflowStep } from './definition.ts';

/** subWorkflowsOf lists the names of the workflows that a definition has as steps, each once, in order. */
export function subWorkflowsOf({ steps }: Pick<WorkflowDefinition, 'steps'>): readonly string[] {
	return [...new Set(steps.flatMap(namesIn))];
}

/** capabilitiesOf lists the capabilities that a definition's own steps call, each once, in order. */
export function capabilitiesOf({ steps }: Pick<WorkflowDefinition, 'steps'>): readonly string[] {
	return [...new Set(steps.flatMap(usesIn))];
}

function namesIn(step: WorkflowStep): readonly string[] {
	return 'workflow' in step ? [step.workflow] : innerSteps(step).flatMap(namesIn);
}

function usesIn(step: WorkflowStep): readonly string[] {
	if (!('use' in step)) return innerSteps(step).flatMap(usesIn);
	return step.undo === undefined ? [step.use] : [step.use, step.undo.use];
}

function innerSteps(step: WorkflowStep): readonly WorkflowStep[] {
	if ('steps' in step) return step.steps;
	if ('parallel' in step) return step.parallel;
	return 'choose' in step ? step.choose.flatMap(({ steps }) => steps) : [];
}
