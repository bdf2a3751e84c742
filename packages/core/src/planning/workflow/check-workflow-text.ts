import type { WorkflowDefinition } from '../../domain/workflow/definition.ts';
import type { WorkflowProblem } from '../../domain/workflow/problem.ts';
import { readWorkflow } from './read-workflow.ts';
import { type Known, workflowProblems } from './workflow-problems.ts';
import { locateProblems } from './yaml/locate-problems.ts';

export interface CheckedText {
	/** What it says, where its form is sound. */
	readonly definition: WorkflowDefinition | undefined;
	readonly problems: readonly WorkflowProblem[];
}

/** checkWorkflowText finds all that is wrong with a text, with line and column: also what only a catalogue and a library tell. */
export function checkWorkflowText(text: string, known: Known): CheckedText {
	const read = readWorkflow(text);
	if (!read.ok && read.definition === undefined) return { definition: undefined, problems: read.problems };
	const { definition } = read;
	if (definition === undefined) return { definition, problems: [] };
	return { definition, problems: locateProblems(text, workflowProblems(definition, known)) };
}
