import { childStepId, type StepId } from '../ids.ts';
import type { Json } from '../json.ts';
import type { Output } from './facts.ts';
import { elementAt, parseReference, type Reference, valueAt } from './references.ts';
import { type Step, stepOf, type Task } from './state.ts';
import { elementName } from './step-references.ts';

/** MAX_FACT_BYTES is how much JSON a fact holds of an output; a larger one is stored as an artifact. */
export const MAX_FACT_BYTES = 65_536;

/**
 * outputValueAt looks up `stepId.path` among the outputs that the facts themselves hold; of an output in a file only the
 * facets are known. With `length` it gives the length of the list there instead.
 */
export function outputValueAt(task: Task, reference: string, want: 'value' | 'length' = 'value'): Json | undefined {
	const { stepId, path } = parseReference(reference);
	const step = stepOf(task, stepId);
	if (step === undefined) return undefined;
	if (step.phase.status === 'joined') return lengthOr(want, valueAt(wholeOutput(task, step), path));
	if (step.phase.status !== 'done') return undefined;
	const { output } = step.phase;
	if (output.kind === 'value') return lengthOr(want, valueAt(output.value, path));
	const facet = Object.hasOwn(output.facets, reference) ? output.facets[reference] : undefined;
	if (facet === undefined) return undefined;
	if ('length' in facet) return want === 'length' ? facet.length : undefined;
	return lengthOr(want, facet.value);
}

/** joinedSteps lists the children of a `forEach` step that produced something, in the order of the list. */
export function joinedSteps(task: Task, parent: Step): Step[] {
	const { phase } = parent;
	const items = phase.status === 'joined' || phase.status === 'expanded' ? phase.items : 0;
	const list = (phase.status === 'joined' ? phase.of : undefined) ?? parent.spec.id;
	const children: Step[] = [];
	for (let index = 0; index < items; index++) {
		const child = stepOf(task, childStepId(list, index));
		if (child?.phase.status === 'done' || child?.phase.status === 'joined') children.push(child);
	}
	return children;
}

/** outputsOf lists the single outputs that a step's own is made of. */
export function outputsOf(task: Task, step: Step): Output[] {
	if (step.phase.status === 'done') return [step.phase.output];
	return joinedSteps(task, step).flatMap((child) => outputsOf(task, child));
}

/** wholeOutput is a step's whole output; `shown` gives the value of each single output in it, which facts hold only the smaller ones of. */
export function wholeOutput(task: Task, step: Step, shown: (output: Output) => Json = shownOutput): Json {
	if (step.phase.status === 'done') return shown(step.phase.output);
	return joinedSteps(task, step).map((child) => wholeOutput(task, child, shown));
}

/** shownOutput is what history holds of an output: the whole, or of a large one its beginning. */
export function shownOutput(output: Output): Json {
	return output.kind === 'value' ? output.value : output.preview;
}

/** placeOf is what a reference in a step's input names: the element that the step handles stands in the list it came from. */
export function placeOf(task: Task, step: Step, reference: Reference): Reference {
	if (step.item === undefined) return reference;
	const { forEach } = stepOf(task, step.item.parent)?.spec ?? {};
	if (forEach === undefined || reference.stepId !== elementName({ forEach })) return reference;
	const { stepId, path } = parseReference(elementAt(forEach.$from, step.item.index));
	return { stepId, path: [...path, ...reference.path] };
}

function lengthOr(want: 'value' | 'length', value: Json | undefined): Json | undefined {
	if (want === 'value') return value;
	return Array.isArray(value) ? value.length : undefined;
}

/** isInFacts tells whether all of a step's output stands in the facts. */
export function isInFacts(task: Task, id: StepId): boolean {
	const step = stepOf(task, id);
	return step === undefined || outputsOf(task, step).every(({ kind }) => kind === 'value');
}
