import type { StepId } from '../../domain/ids.ts';
import type { Json } from '../../domain/json.ts';
import type { Output } from '../../domain/task/facts.ts';
import { outputsOf, placeOf, wholeOutput } from '../../domain/task/outputs.ts';
import {
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
	const references = referencesIn(step.spec.input);
	if (references.length === 0) return { ok: true, input: step.spec.input };
	const loaded = new Map<Output, Json>();
	for (const text of references) {
		for (const output of endedOutputs(task, placeOf(task, step, parseReference(text)).stepId)) {
			if (!loaded.has(output)) loaded.set(output, await stored.valueOf(output));
		}
	}
	const lookup = (reference: Reference): Json | undefined => {
		const place = placeOf(task, step, reference);
		const source = stepOf(task, place.stepId);
		if (source?.phase.status !== 'done' && source?.phase.status !== 'joined') return undefined;
		return valueAt(
			wholeOutput(task, source, (output) => loaded.get(output) ?? null),
			place.path,
		);
	};
	return resolveReferences(step.spec.input, lookup);
}

function endedOutputs(task: Task, id: StepId): Output[] {
	const step = stepOf(task, id);
	return step === undefined ? [] : outputsOf(task, step);
}
