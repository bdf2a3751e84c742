import { PlanStepsSchema } from '@errand/core/domain/task/plan-schema.ts';

/** BenchPlan is a plan as it is submitted. */
export type BenchPlan = ReturnType<typeof PlanStepsSchema.parse>;

/** benchPlan is a graph of steps by levels: every step of a level takes the outputs of the whole level before it. */
export function benchPlan(
	levels: readonly number[],
	capability: string,
	input: Readonly<Record<string, number>> = {},
): BenchPlan {
	const idsOf = (level: number) => Array.from({ length: levels[level] ?? 0 }, (_, index) => `s${level}-${index}`);
	const steps = levels.flatMap((_, level) =>
		idsOf(level).map((id) => ({
			id,
			title: id,
			capability,
			input: level === 0 ? input : { ...input, after: idsOf(level - 1).map((before) => ({ $from: before })) },
		})),
	);
	return PlanStepsSchema.parse(steps);
}
