import type { Effects } from '@errand/core/domain/capability.ts';
import { isJsonObject, type Json } from '@errand/core/domain/json.ts';
import { isReference } from '@errand/core/domain/task/references.ts';

/** visitEffects says what a visit does to the world: looking does nothing, using a page may do anything, and what is not known yet counts as the worst. */
export function visitEffects(input: Json): Effects {
	if (!isJsonObject(input) || isReference(input)) return 'external';
	const { steps, download } = input;
	if (download !== undefined && usesPage(download, 'download')) return 'external';
	if (steps === undefined) return 'none';
	if (!isList(steps)) return 'external';
	return steps.some((step) => !isJsonObject(step) || isReference(step) || usesPage(step, step['do']))
		? 'external'
		: 'none';
}

const LOOKS: ReadonlySet<Json | undefined> = new Set(['open', 'scroll', 'wait', 'screenshot', 'snapshot', 'extract']);

function usesPage(step: Json, verb: Json | undefined): boolean {
	if (verb === 'download') return !isJsonObject(step) || isReference(step) || step['target'] !== undefined;
	return !LOOKS.has(verb);
}

function isList(value: Json): value is readonly Json[] {
	return Array.isArray(value);
}
