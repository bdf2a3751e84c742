import { z } from 'zod';
import { DEFAULT_RETRY } from '../domain/capability.ts';
import { functionStepName } from '../domain/workflow/function-steps.ts';
import type { ICapability, RunContext } from '../ports/capability.ts';
import type { FunctionStep } from './flow.ts';

/** FunctionDraft is a function as a workflow gives it. */
interface FunctionDraft extends Pick<FunctionStep<unknown, unknown>, 'effects' | 'placement'> {
	readonly workflow: string;
	readonly version: number;
	readonly step: string;
	readonly title: string;
	readonly accepts?: z.ZodType | undefined;
	/** Names of the members of its input, where nothing else says what it accepts. */
	readonly members?: readonly string[] | undefined;
	readonly output?: z.ZodType | undefined;
	readonly run: (input: never, context: RunContext) => unknown;
}

/** functionCapability makes a capability of a function, for workers to run like any other. */
export function functionCapability(draft: FunctionDraft): ICapability {
	const { workflow, version, step, title, effects = 'none', placement = 'process', output = ANYTHING } = draft;
	const run = draft.run as (input: unknown, context: RunContext) => unknown;
	return {
		name: functionStepName(workflow, version, step),
		version,
		summary: `${title} (a step of the workflow "${workflow}").`,
		input: draft.accepts ?? membersOf(draft.members),
		output,
		effects,
		pure: false,
		placement,
		concurrency: 8,
		retry: DEFAULT_RETRY,
		unplanned: true,
		run: async (input, context) => asOutput(await run(input, context)),
	};
}

const ANYTHING = z.json();

function membersOf(members: readonly string[] | undefined): z.ZodType {
	return members === undefined ? ANYTHING : z.strictObject(Object.fromEntries(members.map((name) => [name, ANYTHING])));
}

/** What a function gives becomes JSON: members without a value are left out, and nothing is null. */
function asOutput(given: unknown): unknown {
	return given === undefined ? null : JSON.parse(JSON.stringify(given));
}
