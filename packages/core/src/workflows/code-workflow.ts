import type { z } from 'zod';
import type { WorkflowDefinition } from '../domain/workflow/definition.ts';
import type { ICapability } from '../ports/capability.ts';

/** CodeWorkflow is a workflow written in TypeScript: what others run, the functions in it, and what goes in and comes out. */
export interface CodeWorkflow<Input = never, Output = unknown> {
	readonly [CODE_WORKFLOW]: true;
	readonly definition: WorkflowDefinition;
	/** Its function steps; workers must have them. */
	readonly capabilities: readonly ICapability[];
	readonly input: z.ZodType<unknown, Input>;
	readonly output: z.ZodType<Output>;
}

/** CODE_WORKFLOW marks them; the same in every copy of this module. */
export const CODE_WORKFLOW: unique symbol = Symbol.for('errand.workflow') as never;

/** AnyWorkflow is one whose types are not looked at. */
// biome-ignore lint/suspicious/noExplicitAny: what goes in is checked by its schema
export type AnyWorkflow = CodeWorkflow<any, unknown>;

/** workflowsOf finds the workflows that a module exports: by themselves, or in lists such as `workflows` and `versions`; each once. */
export function workflowsOf(module: unknown): readonly AnyWorkflow[] {
	const found = new Set<AnyWorkflow>();
	const look = (value: unknown, depth: number): void => {
		if (isCodeWorkflow(value)) found.add(value);
		else if (Array.isArray(value) && depth > 0) for (const one of value) look(one, depth - 1);
	};
	if (typeof module === 'object' && module !== null) for (const value of Object.values(module)) look(value, 2);
	return [...found];
}

/** newestOf leaves of each name the version that new runs take. */
export function newestOf(workflows: readonly AnyWorkflow[]): readonly AnyWorkflow[] {
	const newest = new Map<string, AnyWorkflow>();
	for (const workflow of workflows) {
		const { name, version } = workflow.definition;
		if (version >= (newest.get(name)?.definition.version ?? 0)) newest.set(name, workflow);
	}
	return [...newest.values()];
}

/** functionsOf are the function steps of all versions: what runs finishes on the version it began with. */
export function functionsOf(workflows: readonly AnyWorkflow[]): readonly ICapability[] {
	const byName = new Map(workflows.flatMap(({ capabilities }) => capabilities).map((one) => [one.name, one]));
	return [...byName.values()];
}

function isCodeWorkflow(value: unknown): value is AnyWorkflow {
	return typeof value === 'object' && value !== null && CODE_WORKFLOW in value;
}
