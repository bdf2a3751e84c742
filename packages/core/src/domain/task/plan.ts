import { z } from 'zod';
import type { Effects, RetryPolicy, SessionKind } from '../capability.ts';
import { asStepId, type StepId } from '../ids.ts';
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
}

const json: z.ZodType<Json> = z.json();
const whenTest = z.strictObject({
	path: z.string().min(1),
	op: z.enum(['exists', 'equals', 'contains', 'gt', 'lt']),
	value: json.optional(),
	not: z.boolean().optional(),
});
const whenSchema: z.ZodType<When> = z.lazy(() =>
	z.union([
		whenTest,
		z.strictObject({ all: z.array(whenSchema).min(1).max(20) }),
		z.strictObject({ any: z.array(whenSchema).min(1).max(20) }),
	]),
);
const stepId = z
	.string()
	.regex(/^[a-z0-9][a-z0-9_-]{0,63}$/i, 'letters, digits, - and _ only, at most 64')
	.transform(asStepId);

/** PlanStepSchema parses a step that comes from outside: an HTTP call, a model, a workflow file. */
export const PlanStepSchema = z.strictObject({
	id: stepId,
	title: z.string().min(1).max(200),
	capability: z.string().min(1).max(100),
	input: json.default({}),
	dependsOn: z.array(stepId).max(PLAN_LIMITS.maxSteps).default([]),
	when: whenSchema.optional(),
	forEach: z
		.strictObject({ $from: z.string().min(1), maxItems: z.int().min(1).max(PLAN_LIMITS.maxItems).optional() })
		.optional(),
	retry: z
		.strictObject({
			maxAttempts: z.int().min(1).max(20),
			waitsMs: z.array(z.int().min(0).max(86_400_000)).min(1).max(20),
		})
		.optional(),
	timeoutMs: z.int().min(1).max(86_400_000).optional(),
	essential: z.boolean().default(true),
	effects: z.enum(['none', 'idempotent', 'external']).optional(),
});

/** PlanOpSchema parses one edit of a plan. */
export const PlanOpSchema = z.discriminatedUnion('op', [
	z.strictObject({ op: z.literal('add'), step: PlanStepSchema }),
	z.strictObject({ op: z.literal('update'), step: PlanStepSchema }),
	z.strictObject({ op: z.literal('remove'), step: z.object({ id: stepId }) }),
]);
export type PlanOp = z.infer<typeof PlanOpSchema>;
