import { openBenchGateway } from '../cluster/bench-gateway.ts';
import { type BenchPlan, benchPlan } from './bench-plan.ts';
import type { StepLoop } from './step-loop.ts';

/** openLoop has tasks run by a gateway in this process, without HTTP; its workers are started by whoever measures. */
export async function openLoop(
	databaseUrl: string,
	redisUrl: string,
	name: string,
	secretKey: string,
	capability: string,
): Promise<StepLoop> {
	const gateway = await openBenchGateway({ databaseUrl, redisUrl, name, secretKey });
	const plans = new Map<string, BenchPlan>();
	return {
		async run(levels) {
			const plan = plans.get(levels.join()) ?? benchPlan(levels, capability);
			plans.set(levels.join(), plan);
			await gateway.run(plan);
		},
		close: () => gateway.close(),
	};
}
