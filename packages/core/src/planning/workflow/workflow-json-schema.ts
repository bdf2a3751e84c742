import { z } from 'zod';
import type { JsonObject } from '../../domain/json.ts';
import { WorkflowDefinition } from '../../domain/workflow/definition.ts';

/** workflowJsonSchema is the JSON Schema of a workflow, for editors and for whoever writes one by program. */
export function workflowJsonSchema(): JsonObject {
	const schema = z.toJSONSchema(WorkflowDefinition, { io: 'input', reused: 'inline', unrepresentable: 'any' });
	return JSON.parse(JSON.stringify({ ...schema, title: 'Errand workflow' }));
}
