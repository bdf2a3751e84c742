import type { StepId } from '../../domain/ids.ts';
import type { Json } from '../../domain/json.ts';
import type { Output } from '../../domain/task/facts.ts';
import { joinedSteps } from '../../domain/task/outputs.ts';
import {
	ITEM,
	parseReference,
	type Reference,
	type Resolution,
	referencesIn,
	resolveReferences,
	valueAt,
} from '../../domain/task/references.ts';
import { type Step, stepOf, type Task } from '../../domain/task/state.ts';
import type { StoredOutputs } from './stored-outputs.ts';

/** resolveInput puts the outputs of other steps in the place of references; large ones are read from their files. */
export async function resolveInput(task: Task, step: Step, stored: StoredOutputs): Promise<Resolution> {
	const parent = step.item === undefined ? undefined : stepOf(task, step.item.parent);
	const list = parent?.spec.forEach?.$from;
	const references = referencesIn(step.spec.input);
	if (references.length === 0) return { ok: true, input: step.spec.input };
	const loaded = new Map<Output, Json>();
	for (const reference of list === undefined ? references : [...references, list]) {
		for (const output of outputsOf(task, parseReference(reference).stepId)) {
			if (!loaded.has(output)) loaded.set(output, await stored.valueOf(output));
		}
	}
	const lookup = (reference: Reference): Json | undefined => {
		if (reference.stepId !== ITEM) return wholeValueAt(task, reference, loaded);
		if (step.item === undefined || list === undefined) return undefined;
		const items = wholeValueAt(task, parseReference(list), loaded);
		const item = Array.isArray(items) ? (items as readonly Json[])[step.item.index] : undefined;
		return item === undefined ? undefined : valueAt(item, reference.path);
	};
	return resolveReferences(step.spec.input, lookup);
}

function outputsOf(task: Task, id: StepId): Output[] {
	const step = stepOf(task, id);
	if (step === undefined) return [];
	const ended = step.phase.status === 'joined' ? joinedSteps(task, step) : [step];
	return ended.flatMap(({ phase }) => (phase.status === 'done' ? [phase.output] : []));
}

function wholeValueAt(task: Task, { stepId, path }: Reference, loaded: ReadonlyMap<Output, Json>): Json | undefined {
	const step = stepOf(task, stepId);
	const outputs = outputsOf(task, stepId).map((output) => loaded.get(output) ?? null);
	if (step?.phase.status === 'joined') return valueAt(outputs, path);
	const [output] = outputs;
	return output === undefined ? undefined : valueAt(output, path);
}
