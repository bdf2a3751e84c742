import { ANSWER_STEP, type StepId } from '../ids.ts';
import { shownOutput } from './outputs.ts';
import { lastSteps, textOf } from './result.ts';
import { childrenOf, innerStepId, type Step, stepOf, type Task } from './state.ts';

/**
 * partialAnswer is a task's answer as far as it is written: what its last steps have said and the one at work has so far,
 * in the order of the answer, so that it grows at its end only. Undefined while nothing of it is there, and once the
 * task has ended.
 */
export function partialAnswer(task: Task, partialOf: (step: StepId) => string | undefined): string | undefined {
	if (task.end !== undefined) return undefined;
	if (task.planVersion === 0) return partialOf(ANSWER_STEP) || undefined;
	const texts: string[] = [];
	for (const step of lastSteps(task).flatMap((step) => items(task, step))) {
		if (step.phase.status === 'done') texts.push(textOf(shownOutput(step.phase.output)));
		else if (WITHOUT_TEXT.has(step.phase.status)) continue;
		else {
			if (step.phase.status === 'running') texts.push(partialOf(step.spec.id) ?? '');
			break;
		}
	}
	return texts.filter((text) => text !== '').join('\n\n') || undefined;
}

const WITHOUT_TEXT: ReadonlySet<Step['phase']['status']> = new Set(['skipped', 'dead-lettered', 'cancelled']);

function items(task: Task, step: Step): readonly Step[] {
	if (step.phase.status === 'expanded') return childrenOf(task, step.spec.id).flatMap((child) => items(task, child));
	const { gives } = step.spec.body ?? {};
	if (step.phase.status !== 'unfolded' || gives === undefined) return [step];
	const inner = stepOf(task, innerStepId(step.spec, step.phase.round, gives));
	return inner === undefined ? [step] : items(task, inner);
}
