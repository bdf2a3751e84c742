import type { Draft } from './draft.ts';

/** newWorkflow is what a workflow begins as in the designer. */
export function newWorkflow(): Draft {
	return { name: 'my-workflow', title: 'My workflow', input: { type: 'object', properties: {} }, steps: [] };
}
