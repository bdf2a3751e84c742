import { z } from 'zod';
import { asStepId } from '../ids.ts';
import type { Json } from '../json.ts';
import { PLAN_LIMITS, type PlanStep, type When } from './plan.ts';

const json: z.ZodType<Json> = z.json();
const whenTest = z.strictObject({
	path: z.string().min(1),
	op: z.enum(['exists', 'equals', 'contains', 'gt', 'lt']),
	value: json.optional(),
	not: z.boolean().optional(),
});
/** WhenSchema parses a condition that comes from outside. */
export const WhenSchema: z.ZodType<When> = z.lazy(() =>
	z.union([
		whenTest,
		z.strictObject({ all: z.array(WhenSchema).max(100) }),
		z.strictObject({ any: z.array(WhenSchema).max(100) }),
	]),
);
const stepId = z
	.string()
	.regex(/^[a-z0-9][a-z0-9_-]{0,63}$/i, 'letters, digits, - and _ only, at most 64')
	.transform(asStepId);

const body = z.strictObject({
	steps: z
		.array(z.lazy(() => PlanStepSchema))
		.min(1)
		.max(PLAN_LIMITS.maxSteps),
	gives: stepId.optional(),
});
const repeat = z.strictObject({
	until: WhenSchema,
	max: z.int().min(1).max(PLAN_LIMITS.maxRounds),
	first: json.optional(),
	waitMs: z.int().min(0).max(86_400_000).optional(),
	otherwise: z.literal('go-on').optional(),
});

/** PlanStepSchema parses a step that comes from outside: an HTTP call, a model, a workflow file. */
export const PlanStepSchema: z.ZodType<PlanStep> = z.strictObject({
	id: stepId,
	title: z.string().min(1).max(200),
	capability: z.string().min(1).max(100),
	input: json.default({}),
	dependsOn: z.array(stepId).max(PLAN_LIMITS.maxSteps).default([]),
	when: WhenSchema.optional(),
	forEach: z
		.strictObject({
			$from: z.string().min(1),
			maxItems: z.int().min(1).max(PLAN_LIMITS.maxItems).optional(),
			as: z
				.string()
				.regex(/^[a-z][a-z0-9_]{0,47}$/i, 'a letter, then letters, digits and _ only, at most 48')
				.optional(),
		})
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
	body: body.optional(),
	repeat: repeat.optional(),
	undo: z.strictObject({ capability: z.string().min(1).max(100), input: json.default({}) }).optional(),
});

/** PlanOpSchema parses one edit of a plan. */
export const PlanOpSchema = z.discriminatedUnion('op', [
	z.strictObject({ op: z.literal('add'), step: PlanStepSchema }),
	z.strictObject({ op: z.literal('update'), step: PlanStepSchema }),
	z.strictObject({ op: z.literal('remove'), step: z.object({ id: stepId }) }),
]);
export type PlanOp = z.infer<typeof PlanOpSchema>;

/** PlanStepsSchema parses the steps of a whole plan, or of what extends one. */
export const PlanStepsSchema = z.array(PlanStepSchema).min(1).max(PLAN_LIMITS.maxSteps);
