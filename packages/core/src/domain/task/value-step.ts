import type { Json } from '../json.ts';
import { utf8Bytes } from './check-input.ts';
import { isInFacts, MAX_FACT_BYTES, outputValueAt, placeOf } from './outputs.ts';
import { parseReference, type Reference, type Resolution, referencesIn, resolveReferences } from './references.ts';
import type { Step, Task } from './state.ts';

/** InlineValue is a value that facts alone give, or why they do not: something is missing, or a large output is in a file. */
export type InlineValue = Resolution | { readonly ok: 'stored' };

/** inlineInput works out an input from what the facts hold; of large outputs they hold what the plan's rules look at. */
export function inlineInput(task: Task, step: Step): Resolution {
	return resolveReferences(step.spec.input, (reference) => outputValueAt(task, textOf(placeOf(task, step, reference))));
}

/** inlineValue is what a `flow.value` gives, where that is small enough for facts and all in it stands in facts. */
export function inlineValue(task: Task, step: Step): InlineValue {
	const references = referencesIn(step.spec.input);
	const isHere = (text: string) => isInFacts(task, placeOf(task, step, parseReference(text)).stepId);
	if (!references.every(isHere)) return { ok: 'stored' };
	const resolved = inlineInput(task, step);
	return resolved.ok && isLarge(resolved.input) ? { ok: 'stored' } : resolved;
}

function isLarge(value: Json): boolean {
	const text = JSON.stringify(value);
	return text.length * 3 > MAX_FACT_BYTES && utf8Bytes(text) > MAX_FACT_BYTES;
}

const textOf = ({ stepId, path }: Reference): string => [stepId, ...path].join('.');
