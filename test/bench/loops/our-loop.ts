import { OWNER } from '@errand/gateway/auth/authenticator.ts';
import { openBenchErrand } from './bench-errand.ts';
import { type BenchPlan, benchPlan } from './bench-plan.ts';
import type { StepLoop } from './step-loop.ts';
import { taskEnds } from './task-ends.ts';

/** openLoop has Errand run plans in this process, without HTTP; their steps need the capability given. */
export async function openLoop(capability: string): Promise<StepLoop> {
	const { orchestrator, ports, close } = await openBenchErrand();
	const plans = new Map<string, BenchPlan>();
	const ended = taskEnds(ports.bus);
	return {
		async run(levels) {
			const plan = plans.get(levels.join()) ?? benchPlan(levels, capability);
			plans.set(levels.join(), plan);
			const { id } = await orchestrator.tasks.submit(OWNER, { goal: 'bench', plan });
			await ended(id);
		},
		close,
	};
}
