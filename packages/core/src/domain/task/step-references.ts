import { asStepId, type StepId } from '../ids.ts';
import { conditionPaths } from './condition.ts';
import type { PlanStep } from './plan.ts';
import { ITEM, parseReference, referencesIn } from './references.ts';

/** PREVIOUS is what the steps of a loop call the output of the time before. */
export const PREVIOUS = asStepId('previous');
/** SELF is what an `undo` calls the output of the step that it takes back. */
export const SELF = asStepId('self');

/** elementName is what references call the element that a `forEach` step handles. */
export function elementName({ forEach }: Pick<PlanStep, 'forEach'>): StepId {
	return forEach?.as === undefined ? ITEM : asStepId(forEach.as);
}

/** dependenciesOf lists the steps a step waits for: those it names, then those that it, its body and its undo refer to. */
export function dependenciesOf(step: PlanStep): StepId[] {
	if (step.body === undefined && step.undo === undefined)
		return [...new Set([...step.dependsOn, ...referredSteps(step)])];
	return [...new Set([...step.dependsOn, ...referredSteps(step), ...innerReferences(step)])];
}

/** referredSteps lists the steps whose outputs a step looks at: for its list, its input and its condition. */
export function referredSteps(step: PlanStep): StepId[] {
	const { input, when, forEach } = step;
	const references = [
		...(forEach === undefined ? [] : [forEach.$from]),
		...referencesIn(input),
		...(when === undefined ? [] : conditionPaths(when)),
	];
	const ids = new Set(references.map((text) => parseReference(text).stepId));
	ids.delete(elementName(step));
	ids.delete(ITEM);
	return [...ids];
}

/** What the steps inside, the repeat and the undo refer to outside of the step. */
function innerReferences(step: PlanStep): StepId[] {
	const { body, repeat, undo } = step;
	const found = new Set<StepId>();
	const add = (text: string) => found.add(parseReference(text).stepId);
	for (const inner of body?.steps ?? []) for (const id of dependenciesOf(inner)) found.add(id);
	for (const path of repeat === undefined ? [] : conditionPaths(repeat.until)) add(path);
	for (const { id } of body?.steps ?? []) found.delete(id);
	if (repeat !== undefined) found.delete(PREVIOUS);
	if (undo !== undefined) for (const text of referencesIn(undo.input)) add(text);
	found.delete(SELF);
	for (const text of repeat?.first === undefined ? [] : referencesIn(repeat.first)) add(text);
	found.delete(elementName(step));
	return [...found];
}

/** usesPrevious tells whether a loop looks at what the time before gave. */
export function usesPrevious({ body, repeat }: PlanStep): boolean {
	if (repeat === undefined) return false;
	if (conditionPaths(repeat.until).some((path) => parseReference(path).stepId === PREVIOUS)) return true;
	return (body?.steps ?? []).some((inner) => dependenciesOf(inner).includes(PREVIOUS));
}
