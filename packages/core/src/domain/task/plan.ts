import type { Effects, RetryPolicy, SessionKind } from '../capability.ts';
import type { StepId } from '../ids.ts';
import type { Json } from '../json.ts';

/** Bounds on one plan, so that folding and showing a task stays quick. */
export const PLAN_LIMITS = { maxSteps: 500, maxItems: 500, maxExpandedSteps: 2_000, maxInputBytes: 65_536 } as const;

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
}

/** PlannedStep is a plan step after admission: what its capability promises is written into it, so that folding needs no catalogue. */
export interface PlannedStep extends PlanStep {
	readonly retry: RetryPolicy;
	readonly timeoutMs: number;
	readonly effects: Effects;
	readonly sessions?: readonly SessionKind[] | undefined;
	/** Paths of the input where an address stands that the step will request. */
	readonly addresses?: readonly string[] | undefined;
	/** Every address in the output stands so in what the step read. */
	readonly copiesAddresses?: boolean | undefined;
}
