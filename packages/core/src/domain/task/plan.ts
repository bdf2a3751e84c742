import type { Effects, RetryPolicy, SessionKind } from '../capability.ts';
import type { StepId } from '../ids.ts';
import type { Json } from '../json.ts';

/** Bounds on one plan, so that folding and showing a task stays quick. */
export const PLAN_LIMITS = {
	maxSteps: 1_000,
	maxItems: 500,
	maxExpandedSteps: 5_000,
	maxInputBytes: 65_536,
	maxDepth: 8,
	maxRounds: 1_000,
} as const;

/** When is a condition over other steps' outputs; `path` is `stepId.path.into.output`. */
export type When = WhenTest | { readonly all: readonly When[] } | { readonly any: readonly When[] };
export interface WhenTest {
	readonly path: string;
	readonly op: 'exists' | 'equals' | 'contains' | 'gt' | 'lt';
	readonly value?: Json | undefined;
	readonly not?: boolean | undefined;
}

/** ForEach runs the step once per item of a list; the step's own output is the list of its children's outputs. */
export interface ForEach {
	readonly $from: string;
	readonly maxItems?: number | undefined;
	/** What references call the element; `item` where left out. */
	readonly as?: string | undefined;
}

/**
 * Body is a part of a plan inside a step (`flow.group`, `flow.loop`): its steps come into the task when the step's turn comes,
 * as `<id>/<inner id>` (of a loop `<id>#<n>/<inner id>`, n from 1). Ids are unique in the whole plan, inner ones too; inner steps
 * may refer to each other and to what the step itself may refer to, in a loop also to `previous`: what the time before gave.
 */
export interface Body {
	readonly steps: readonly PlanStep[];
	/** The inner step whose output becomes the step's own; null where it is left out, or was skipped. */
	readonly gives?: StepId | undefined;
}

/** Repeat says how long a `flow.loop` goes on: `until` looks at the inner steps of the time that has just ended. */
export interface Repeat {
	readonly until: When;
	readonly max: number;
	/** What `previous` is the first time; may hold references. */
	readonly first?: Json | undefined;
	readonly waitMs?: number | undefined;
	/** At the bound it fails, unless it is to go on with what the last time gave. */
	readonly otherwise?: 'go-on' | undefined;
}

/** Undo is what takes back what a step did, should the task fail later; `self` in its input is the step's own output. */
export interface Undo {
	readonly capability: string;
	readonly input: Json;
}

/** PlanStep is one unit of work as a planner, a workflow or a person writes it. */
export interface PlanStep {
	readonly id: StepId;
	readonly title: string;
	readonly capability: string;
	/** What the plan said, where that is no capability's name: admission chose `capability` for it by its meaning. */
	readonly matchedFrom?: string | undefined;
	/** May hold `{"$from": "stepId.path"}` anywhere, and `{"$from": "item"}` inside a `forEach`. */
	readonly input: Json;
	readonly dependsOn: readonly StepId[];
	readonly when?: When | undefined;
	readonly forEach?: ForEach | undefined;
	readonly retry?: RetryPolicy | undefined;
	readonly timeoutMs?: number | undefined;
	readonly essential: boolean;
	/** May only tighten what the capability declares. */
	readonly effects?: Effects | undefined;
	readonly body?: Body | undefined;
	readonly repeat?: Repeat | undefined;
	readonly undo?: Undo | undefined;
	/** Where what stands in the input comes from, where that is somebody else than who plans. */
	readonly origins?: readonly string[] | undefined;
}

/** Promises are what a capability promises of a step, written into it at admission, so that folding needs no catalogue. */
export interface Promises {
	readonly retry: RetryPolicy;
	readonly timeoutMs: number;
	readonly effects: Effects;
	readonly sessions?: readonly SessionKind[] | undefined;
	/** Paths of the input where an address stands that the step will request. */
	readonly addresses?: readonly string[] | undefined;
	/** Every address in the output stands so in what the step read. */
	readonly copiesAddresses?: boolean | undefined;
}

/** PlannedBody is a body whose steps were admitted. */
export interface PlannedBody extends Body {
	readonly steps: readonly PlannedStep[];
}

/** PlannedUndo is what takes a step back, admitted. */
export interface PlannedUndo extends Undo, Promises {}

/** PlannedStep is a plan step after admission: what its capability promises is written into it. */
export interface PlannedStep extends PlanStep, Promises {
	readonly retry: RetryPolicy;
	readonly timeoutMs: number;
	readonly effects: Effects;
	readonly body?: PlannedBody | undefined;
	readonly undo?: PlannedUndo | undefined;
}
