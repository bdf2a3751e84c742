import { z } from 'zod';

/** WORKFLOW_LIMITS bound one definition, so that reading and compiling it stays quick. */
export const WORKFLOW_LIMITS = { maxBytes: 1_000_000, maxSteps: 1_000, maxDepth: 8, maxLoops: 1_000 } as const;

const id = z
	.string()
	.regex(
		/^[a-z][a-z0-9_]{0,47}$/i,
		'a letter, then letters, digits and _ only, at most 48: expressions use it as a name',
	);
const WorkflowName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'small letters, digits and - only, at most 63');

/** Duration is milliseconds, or words like `30s`, `10m`, `2h`, `1d`, `1h30m`; an expression where `${…}` stands. */
const Duration = z.union([z.int().min(0), z.string().min(1).max(200)]);
/** A CEL expression, without `${}`. */
const Expression = z.string().min(1).max(4_000);
/** Any value; `${…}` in its texts is replaced, and a text that is one `${…}` alone becomes that value as it is. */
const Template: z.ZodType<z.core.util.JSONType> = z.json();

const Retry = z.strictObject({
	attempts: z.int().min(1).max(20),
	/** Waits after the first, second, … failed attempt; the last one repeats. */
	waits: z.array(Duration).min(1).max(20).optional(),
});

/** What all kinds of steps have. */
const every = {
	id: id.optional(),
	title: z.string().min(1).max(200).optional(),
	/** Ids of steps of the same list that come before; left out: the one before it. An empty list: nothing. */
	after: z.array(id).max(WORKFLOW_LIMITS.maxSteps).optional(),
	when: Expression.optional(),
	/** It may fail without failing the workflow. */
	optional: z.boolean().optional(),
};

const Call = {
	/** A capability, e.g. `web.read`. */
	use: z.string().min(1).max(100),
	with: Template.optional(),
	retry: Retry.optional(),
	timeout: Duration.optional(),
	effects: z.enum(['none', 'idempotent', 'external']).optional(),
	/** Carried out when the workflow fails after this step was done; `${<id of this step>}` is what it gave. */
	undo: z.strictObject({ use: z.string().min(1).max(100), with: Template.optional() }).optional(),
};

/** A step that calls a capability. */
const UseStep = z.strictObject({ ...every, ...Call });
/** The same once for each element of a list; it gives the list of outputs. */
const EachUseStep = z.strictObject({
	...every,
	each: Expression,
	as: id.optional(),
	max: z.int().min(1).optional(),
	...Call,
});
const steps = () => z.array(WorkflowStep).min(1).max(WORKFLOW_LIMITS.maxSteps);
/** Some steps for each element of a list; it gives the list of what they give. */
const EachStep = z.strictObject({
	...every,
	each: Expression,
	as: id.optional(),
	max: z.int().min(1).optional(),
	get steps() {
		return steps();
	},
	gives: Template.optional(),
});
/** Some steps as one, side by side where `parallel`. */
const GroupStep = z.strictObject({
	...every,
	get steps() {
		return steps();
	},
	gives: Template.optional(),
});
const ParallelStep = z.strictObject({
	...every,
	get parallel() {
		return steps();
	},
	gives: Template.optional(),
});
/** The first branch whose condition holds; it gives what that branch gives. */
const ChooseStep = z.strictObject({
	...every,
	get choose() {
		return z
			.array(
				z.strictObject({
					/** Left out: otherwise; only the last may be without. */
					when: Expression.optional(),
					steps: steps(),
					gives: Template.optional(),
				}),
			)
			.min(1)
			.max(50);
	},
});
/** Some steps again and again until the condition holds, which may use what they gave; `previous` is what the time before gave. */
const LoopStep = z.strictObject({
	...every,
	loop: z.strictObject({
		until: Expression,
		max: z.int().min(1).max(WORKFLOW_LIMITS.maxLoops),
		/** What `previous` is the first time. */
		first: Template.optional(),
		/** Between one time and the next. */
		wait: Duration.optional(),
		/** At the bound: fail (the default), or go on with what the last time gave. */
		otherwise: z.enum(['fail', 'go-on']).optional(),
	}),
	get steps() {
		return steps();
	},
	gives: Template.optional(),
});
/** Another workflow as one step; it gives its result. */
const SubStep = z.strictObject({ ...every, workflow: WorkflowName, with: Template.optional() });
/** A wait: for a time, or for an event that somebody sends to the task. */
const WaitStep = z.strictObject({
	...every,
	wait: z.union([
		Duration,
		z.strictObject({ until: z.string().min(1).max(200) }),
		z.strictObject({
			event: z.string().min(1).max(100),
			timeout: Duration.optional(),
			otherwise: z.enum(['fail', 'go-on']).optional(),
		}),
	]),
});
/** A question to the person; it gives their answer. */
const AskStep = z.strictObject({
	...every,
	ask: z.union([
		z.string().min(1).max(2_000),
		z.strictObject({
			question: z.string().min(1).max(2_000),
			kind: z.enum(['text', 'choice', 'approval']).optional(),
			choices: z.array(z.string().min(1).max(100)).min(2).max(25).optional(),
		}),
	]),
});
/** A value that is worked out from others. */
const LetStep = z.strictObject({ ...every, let: Template });

/** WorkflowStep is one step of a definition: which kind it is shows in the one key that only that kind has. */
export const WorkflowStep: z.ZodType<WorkflowStep> = z.lazy(() =>
	z.union([
		UseStep,
		EachUseStep,
		EachStep,
		ParallelStep,
		ChooseStep,
		LoopStep,
		SubStep,
		WaitStep,
		AskStep,
		LetStep,
		GroupStep,
	]),
);
interface Every {
	readonly id?: string | undefined;
	readonly title?: string | undefined;
	readonly after?: readonly string[] | undefined;
	readonly when?: string | undefined;
	readonly optional?: boolean | undefined;
}
type JsonValue = z.core.util.JSONType;
interface CallKeys {
	readonly use: string;
	readonly with?: JsonValue | undefined;
	readonly retry?: { readonly attempts: number; readonly waits?: readonly (number | string)[] | undefined } | undefined;
	readonly timeout?: number | string | undefined;
	readonly effects?: 'none' | 'idempotent' | 'external' | undefined;
	readonly undo?: { readonly use: string; readonly with?: JsonValue | undefined } | undefined;
}
interface EachKeys {
	readonly each: string;
	readonly as?: string | undefined;
	readonly max?: number | undefined;
}
interface Part {
	readonly steps: readonly WorkflowStep[];
	readonly gives?: JsonValue | undefined;
}
export type WorkflowStep =
	| (Every & CallKeys)
	| (Every & EachKeys & CallKeys)
	| (Every & EachKeys & Part)
	| (Every & Part)
	| (Every & { readonly parallel: readonly WorkflowStep[]; readonly gives?: JsonValue | undefined })
	| (Every & { readonly choose: readonly (Part & { readonly when?: string | undefined })[] })
	| (Every &
			Part & {
				readonly loop: {
					readonly until: string;
					readonly max: number;
					readonly first?: JsonValue | undefined;
					readonly wait?: number | string | undefined;
					readonly otherwise?: 'fail' | 'go-on' | undefined;
				};
			})
	| (Every & { readonly workflow: string; readonly with?: JsonValue | undefined })
	| (Every & {
			readonly wait:
				| number
				| string
				| { readonly until: string }
				| {
						readonly event: string;
						readonly timeout?: number | string | undefined;
						readonly otherwise?: 'fail' | 'go-on' | undefined;
				  };
	  })
	| (Every & {
			readonly ask:
				| string
				| {
						readonly question: string;
						readonly kind?: 'text' | 'choice' | 'approval' | undefined;
						readonly choices?: readonly string[] | undefined;
				  };
	  })
	| (Every & { readonly let: JsonValue });

/** WorkflowDefinition is a workflow as YAML, the designer and `defineWorkflow` write it. */
export const WorkflowDefinition = z.strictObject({
	name: WorkflowName,
	/** Raised by whoever edits it; a task that runs finishes on the plan it began with. */
	version: z.int().min(1).default(1),
	title: z.string().min(1).max(200).optional(),
	description: z.string().max(4_000).optional(),
	/** A JSON Schema of an object; its properties are the parameters. */
	input: z.record(z.string(), z.json()).optional(),
	steps: z.array(WorkflowStep).min(1).max(WORKFLOW_LIMITS.maxSteps),
	/** What it gives; left out: what its last step gives. */
	result: Template.optional(),
});
export type WorkflowDefinition = z.infer<typeof WorkflowDefinition>;
