import { stringify } from 'yaml';
import type { JsonObject } from '../../domain/json.ts';
import type { WorkflowDefinition } from '../../domain/workflow/definition.ts';
import { inWrittenOrder } from './written-order.ts';

/** writeWorkflow writes a definition as YAML, its keys in the order in which people write them. */
export function writeWorkflow(definition: WorkflowDefinition | JsonObject): string {
	return stringify(inWrittenOrder(definition), { lineWidth: 120, aliasDuplicateObjects: false });
}
