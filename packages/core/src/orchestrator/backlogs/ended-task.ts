import type { Json } from '../../domain/json.ts';
import type { Output } from '../../domain/task/facts.ts';
import { joinedSteps } from '../../domain/task/outputs.ts';
import { plannedSteps, type Step, type Task } from '../../domain/task/state.ts';
import type { WorkFailure } from '../../ports/backlog-work.ts';

/** EndedSteps is how the steps of a task ended: what they produced, and why others came to nothing. */
export interface EndedSteps {
	readonly outputs: Readonly<Record<string, Json>>;
	readonly failures: Readonly<Record<string, WorkFailure>>;
}

/**
 * endedSteps reads off a task what its steps came to; large outputs are read from their files, and one that is gone is a failure.
 * With `after`, only of steps that were done later: what came of the others is known.
 */
export async function endedSteps(
	task: Task,
	stored: { valueOf(output: Output): Promise<Json> },
	after = Number.NEGATIVE_INFINITY,
): Promise<EndedSteps> {
	const outputs: Record<string, Json> = {};
	const failures: Record<string, WorkFailure> = {};
	for (const step of plannedSteps(task)) {
		const { id } = step.spec;
		const { phase } = step;
		if ((phase.status === 'done' || phase.status === 'joined') && phase.endedAt <= after) continue;
		const failure = failureOf(task, step);
		if (failure !== undefined) failures[id] = failure;
		else {
			try {
				const values = await Promise.all(outputsOf(task, step).map((output) => stored.valueOf(output)));
				const [only] = values;
				if (step.phase.status === 'joined') outputs[id] = values;
				else if (only !== undefined) outputs[id] = only;
			} catch (error) {
				failures[id] = { code: 'unknown-artifact', message: error instanceof Error ? error.message : String(error) };
			}
		}
	}
	return { outputs, failures };
}

function outputsOf(task: Task, step: Step): Output[] {
	const ended = step.phase.status === 'joined' ? joinedSteps(task, step) : [step];
	return ended.flatMap(({ phase }) => (phase.status === 'done' ? [phase.output] : []));
}

function failureOf({ end }: Task, { phase }: Step): WorkFailure | undefined {
	switch (phase.status) {
		case 'done':
		case 'joined':
			return undefined;
		case 'dead-lettered':
			return phase.failure;
		case 'skipped':
			return { code: 'skipped', message: phase.reason };
		default:
			if (end?.status === 'failed') return end.error;
			return { code: 'cancelled', message: 'It was stopped before it had ended.' };
	}
}
