import type { PersonId } from '../../domain/ids.ts';
import type { WorkflowDefinition } from '../../domain/workflow/definition.ts';
import type { WorkflowProblem } from '../../domain/workflow/problem.ts';
import type { SavedWorkflow } from '../../domain/workflow/state.ts';
import type { WorkflowOrigin } from '../desks/workflows.ts';

/** KnownWorkflow is a workflow that was found, from wherever it comes. */
export interface KnownWorkflow {
	readonly name: string;
	readonly origin: WorkflowOrigin;
	readonly version: number;
	/** None where its text cannot be read, and never could. */
	readonly definition: WorkflowDefinition | undefined;
	/** As its author wrote it; none where it was written in code. */
	readonly text: string | undefined;
	/** What is wrong with its text as it is now. */
	readonly problems: readonly WorkflowProblem[];
	readonly owner?: PersonId | undefined;
	readonly saved?: SavedWorkflow | undefined;
}
