import type { WorkflowDefinition } from '../../domain/workflow/definition.ts';
import type { WorkflowProblem } from '../../domain/workflow/problem.ts';
import { checkShape } from './check-shape.ts';
import { workflowProblems } from './workflow-problems.ts';
import { locateProblems } from './yaml/locate-problems.ts';
import { readYaml } from './yaml/read-yaml.ts';

export type ReadWorkflow =
	| { readonly ok: true; readonly definition: WorkflowDefinition }
	| {
			readonly ok: false;
			readonly problems: readonly WorkflowProblem[];
			/** What it says all the same, where its form is sound. */
			readonly definition?: WorkflowDefinition | undefined;
	  };

/**
 * readWorkflow reads a workflow from YAML or JSON and finds what is wrong in it without knowing anything else: its form, names,
 * expressions, circles. Problems have line and column, at most fifty. It never throws; more than 1 MB is refused.
 */
export function readWorkflow(text: string): ReadWorkflow {
	const read = readYaml(text);
	if (!read.ok) return read;
	const checked = checkShape(read.value);
	const sound = checked.ok ? checked.definition : checked.rest;
	const found = sound === undefined ? [] : workflowProblems(sound);
	const problems = checked.ok ? found : [...checked.problems, ...found].slice(0, 50);
	if (checked.ok && problems.length === 0) return checked;
	const located = locateProblems(text, problems);
	return checked.ok
		? { ok: false, problems: located, definition: checked.definition }
		: { ok: false, problems: located };
}
