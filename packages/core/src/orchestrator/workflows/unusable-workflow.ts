import { CoreError } from '../../domain/errors.ts';
import type { WorkflowProblem } from '../../domain/workflow/problem.ts';

const SHOWN = 50;

/** unusableWorkflow refuses a workflow and names all that is wrong with it, with where it is. */
export function unusableWorkflow(name: string, problems: readonly WorkflowProblem[]): CoreError {
	const all = problems.slice(0, SHOWN).map(problemLine).join('\n');
	return new CoreError('invalid-workflow', `The workflow "${name}" cannot be used:\n${all}`, {
		hint: 'Mend what is named and try again.',
	});
}

/** problemLine is a problem in one line, with where it is. */
export function problemLine({ message, line, column, path }: WorkflowProblem): string {
	const where = line === undefined ? path : `line ${line}, column ${column ?? 1}`;
	return where === undefined ? message : `${where}: ${message}`;
}
