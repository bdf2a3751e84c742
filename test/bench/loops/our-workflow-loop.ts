import type { ICapability } from '@errand/core/ports/capability.ts';
import { catalogue } from '../../harness/test-catalogue.ts';
import { openBenchErrand } from './bench-errand.ts';
import { type BenchWorkflow, benchWorkflow, CONSTRUCTS, constructWorkflow } from './bench-workflow.ts';
import { runsSaved } from './saved-workflows.ts';
import type { StepLoop } from './step-loop.ts';
import { taskEnds } from './task-ends.ts';

const STEP = 'test.noop';

/**
 * openLoop has Errand run saved workflows in this process, without HTTP; their steps do nothing, here as well. With a construct, a
 * level's number says how many times that does its step.
 */
export async function openLoop(construct?: string): Promise<StepLoop> {
	let begins: (() => void) | undefined;
	const telling = (capability: ICapability): ICapability => ({
		...capability,
		async run() {
			begins?.();
			begins = undefined;
			return { ok: true };
		},
	});
	const { orchestrator, ports, close } = await openBenchErrand({
		catalogue: catalogue.map((capability) => (capability.name === STEP ? telling(capability) : capability)),
	});
	const run = runsSaved(orchestrator.workflows.desk, taskEnds(ports.bus));
	const known = new Map<string, BenchWorkflow>();
	const meant = CONSTRUCTS.find((one) => one === construct);
	const workflowOf = (levels: readonly number[]) =>
		meant === undefined ? benchWorkflow(levels, STEP) : constructWorkflow(meant, levels[0] ?? 1, STEP);
	return {
		async run(levels, begun) {
			const workflow = known.get(levels.join()) ?? workflowOf(levels);
			known.set(levels.join(), workflow);
			begins = begun;
			await run(workflow);
		},
		close,
	};
}
