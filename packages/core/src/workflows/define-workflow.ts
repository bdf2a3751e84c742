import { z } from 'zod';
import { CoreError } from '../domain/errors.ts';
import { WorkflowDefinition } from '../domain/workflow/definition.ts';
import { CODE_WORKFLOW, type CodeWorkflow } from './code-workflow.ts';
import { expressionOf } from './expression.ts';
import type { Flow } from './flow.ts';
import { FlowRecorder } from './flow-recorder.ts';
import { Recorder } from './recorder.ts';
import type { Given, Known, Ref } from './reference.ts';
import { templateOf } from './template.ts';

/** WorkflowDraft is a workflow as its author writes it; `steps` says what it does, and returns what it gives. */
export interface WorkflowDraft<Fields extends z.ZodRawShape, Returned> {
	readonly name: string;
	/** Raised with each change of what its steps do: what runs finishes on the version it began with. */
	readonly version?: number | undefined;
	readonly title?: string | undefined;
	readonly description?: string | undefined;
	readonly input: z.ZodObject<Fields>;
	readonly steps: (flow: Flow, input: Ref<z.output<z.ZodObject<Fields>>>) => Returned;
}

/** defineWorkflow makes a workflow of a function that is called once, now, with stand-ins for all values that come later. */
export function defineWorkflow<Fields extends z.ZodRawShape, Output>(
	draft: WorkflowDraft<Fields, Given<NoInfer<Output>>> & { readonly output: z.ZodType<Output> },
): CodeWorkflow<z.input<z.ZodObject<Fields>>, Output>;
export function defineWorkflow<Fields extends z.ZodRawShape, Returned>(
	draft: WorkflowDraft<Fields, Returned> & { readonly output?: undefined },
): CodeWorkflow<z.input<z.ZodObject<Fields>>, Known<Returned>>;
export function defineWorkflow(
	draft: WorkflowDraft<z.ZodRawShape, unknown> & { readonly output?: z.ZodType | undefined },
): CodeWorkflow {
	const { name, version = 1, title, description, input } = draft;
	const recorder = new Recorder(name);
	const flow = new FlowRecorder(recorder, version);
	const returned = draft.steps(flow as unknown as Flow, recorder.ref('input'));
	if (returned instanceof Promise) {
		returned.catch(() => {});
		throw asynchronous(name);
	}
	const result = resultOf(returned, recorder);
	recorder.close();
	const head = { name, version, ...(title && { title }), ...(description && { description }) };
	const { steps } = recorder;
	let definition: WorkflowDefinition | undefined;
	return {
		[CODE_WORKFLOW]: true,
		/** Written at first use: processes that only run functions have no need of it. */
		get definition() {
			definition ??= checked({ ...head, input: inputOf(input), steps, ...(result !== undefined && { result }) });
			return definition;
		},
		capabilities: flow.capabilities,
		input: input as z.ZodType as CodeWorkflow['input'],
		output: draft.output ?? z.json(),
	};
}

function checked(written: { readonly name: string; readonly [member: string]: unknown }): WorkflowDefinition {
	const parsed = WorkflowDefinition.safeParse(written);
	if (parsed.success) return parsed.data;
	throw invalid(written.name, parsed.error);
}

/** What the last step gives is what a workflow gives by itself. */
function resultOf(returned: unknown, recorder: Recorder) {
	if (returned === undefined) return undefined;
	const result = templateOf(returned, recorder);
	const last = recorder.steps.at(-1)?.id;
	return expressionOf(returned) !== undefined && result === `\${${last}}` ? undefined : result;
}

function inputOf(input: z.ZodType) {
	const { $schema, ...schema } = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' });
	return JSON.parse(JSON.stringify(schema)) as Record<string, z.core.util.JSONType>;
}

function asynchronous(name: string): CoreError {
	return new CoreError('invalid-workflow', `The steps of the workflow "${name}" are an async function.`, {
		hint: 'Leave out async: what takes time belongs into flow.step(…).',
	});
}

function invalid(name: string, error: z.ZodError): CoreError {
	const [issue] = error.issues;
	const where = issue?.path.join('.') ?? '';
	return new CoreError('invalid-workflow', `The workflow "${name}" cannot be used: ${where}: ${issue?.message}`, {
		hint: 'Correct it where defineWorkflow is called.',
	});
}
