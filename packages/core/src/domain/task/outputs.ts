import { childStepId, type StepId } from '../ids.ts';
import type { Json } from '../json.ts';
import { conditionPaths } from './condition.ts';
import type { Facet, Output } from './facts.ts';
import { parseReference, valueAt } from './references.ts';
import { type Step, stepOf, type Task } from './state.ts';

/** Outputs above this many bytes of JSON are stored as artifacts. */
export const MAX_OUTPUT_BYTES = 65_536;

/**
 * outputValueAt looks up `stepId.path` among the outputs that the facts themselves hold; of an output in a file only the
 * facets are known. With `length` it gives the length of the list there instead.
 */
export function outputValueAt(task: Task, reference: string, want: 'value' | 'length' = 'value'): Json | undefined {
	const { stepId, path } = parseReference(reference);
	const step = stepOf(task, stepId);
	if (step === undefined) return undefined;
	if (step.phase.status === 'joined') {
		const outputs = joinedSteps(task, step).map((child) => inlineValue(child));
		return lengthOr(want, valueAt(outputs, path));
	}
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
	const items = parent.phase.status === 'joined' || parent.phase.status === 'expanded' ? parent.phase.items : 0;
	const children: Step[] = [];
	for (let index = 0; index < items; index++) {
		const child = stepOf(task, childStepId(parent.spec.id, index));
		if (child?.phase.status === 'done') children.push(child);
	}
	return children;
}

/** facetsOf keeps, of an output about to become a file, what this plan's conditions and lists will look at. */
export function facetsOf(task: Task, stepId: StepId, output: Json): Record<string, Facet> {
	const facets: Record<string, Facet> = {};
	for (const { spec } of Object.values(task.steps)) {
		for (const path of spec.when === undefined ? [] : conditionPaths(spec.when)) {
			const value = facetValue(stepId, path, output);
			if (value !== undefined && JSON.stringify(value).length <= 1_000) facets[path] = { value };
		}
		const list = spec.forEach === undefined ? undefined : facetValue(stepId, spec.forEach.$from, output);
		if (spec.forEach !== undefined && Array.isArray(list)) facets[spec.forEach.$from] = { length: list.length };
	}
	return facets;
}

function facetValue(stepId: StepId, reference: string, output: Json): Json | undefined {
	const parsed = parseReference(reference);
	return parsed.stepId === stepId ? valueAt(output, parsed.path) : undefined;
}

function inlineValue(step: Step): Json {
	if (step.phase.status !== 'done') return null;
	const output: Output = step.phase.output;
	return output.kind === 'value' ? output.value : output.preview;
}

function lengthOr(want: 'value' | 'length', value: Json | undefined): Json | undefined {
	if (want === 'value') return value;
	return Array.isArray(value) ? value.length : undefined;
}
