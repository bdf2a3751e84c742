import type { StepId } from '../ids.ts';
import type { Json } from '../json.ts';
import { conditionPaths } from './condition.ts';
import type { Facet } from './facts.ts';
import { flowKind } from './flow.ts';
import { bodyNames } from './folds/flow.ts';
import type { PlannedStep } from './plan.ts';
import { elementAt, parseReference, referencesIn, valueAt } from './references.ts';
import { rewriteStep, rewriteWhen } from './rewrite-step.ts';
import { innerStepId, type Step, stepOf, type Task } from './state.ts';
import { elementName, PREVIOUS } from './step-references.ts';

/** Longest value, and most of all values together, that are kept beside an output in a file (characters of JSON). */
const MAX_FACET = 1_000;
const MAX_FACETS = 48_000;

/**
 * facetsOf keeps, of an output about to become a file, what this plan's rules will look at: conditions, lists, waits. Steps
 * that are still folded up in a body count too, and so do looks at it through a group that gives it on.
 */
export function facetsOf(task: Task, stepId: StepId, output: Json): Record<string, Facet> {
	const names = namesOf(task, stepId);
	const facets: Record<string, Facet> = {};
	let size = 0;
	const look = ({ path, list }: Look): void => {
		const parsed = parseReference(path);
		if (!names.has(parsed.stepId) || path in facets) return;
		const value = valueAt(output, parsed.path);
		if (value === undefined) return;
		const facet: Facet = list && Array.isArray(value) ? { length: value.length } : { value };
		const length = JSON.stringify(facet).length;
		if (length > MAX_FACET || size + length > MAX_FACETS) return;
		size += length;
		facets[path] = facet;
	};
	const lengthAt = (reference: string): number => {
		const parsed = parseReference(reference);
		const list = names.has(parsed.stepId) ? valueAt(output, parsed.path) : undefined;
		return Array.isArray(list) ? list.length : 0;
	};
	for (const step of Object.values(task.steps)) looksOf(step.spec, lengthAt, look);
	for (const owner of ownersOf(task, stepId)) {
		const { spec, round = 0 } = owner;
		if (spec.repeat === undefined) continue;
		for (const path of conditionPaths(rewriteWhen(spec.repeat.until, bodyNames(task, owner, round))))
			look({ path, list: false });
		const next = bodyNames(task, owner, round + 1);
		for (const inner of spec.body?.steps ?? []) looksOf(rewriteStep(inner, next), lengthAt, look);
	}
	return facets;
}

interface Look {
	readonly path: string;
	/** Its length is enough. */
	readonly list: boolean;
}

/** What rules look at for one step, and for those that are still folded up in it. */
function looksOf(spec: PlannedStep, lengthAt: (list: string) => number, look: (one: Look) => void): void {
	for (const path of spec.when === undefined ? [] : conditionPaths(spec.when)) look({ path, list: false });
	if (spec.forEach !== undefined) look({ path: spec.forEach.$from, list: true });
	const kind = flowKind(spec);
	if (kind === 'wait' || kind === 'event') for (const path of referencesIn(spec.input)) look({ path, list: false });
	if (spec.body === undefined) return;
	if (spec.forEach === undefined) {
		for (const inner of spec.body.steps) looksOf(inner, lengthAt, look);
		return;
	}
	const items = lengthAt(spec.forEach.$from);
	const name = elementName(spec);
	for (let index = 0; index < Math.min(items, spec.forEach.maxItems ?? items); index++) {
		const names = new Map([[name, elementAt(spec.forEach.$from, index)]]);
		for (const inner of spec.body.steps) looksOf(rewriteStep(inner, names), lengthAt, look);
	}
}

/** The loops and groups that a step stands in whose own output will be this step's, or whose conditions may look at it. */
function ownersOf(task: Task, stepId: StepId): Step[] {
	return [...namesOf(task, stepId)].flatMap((id) => {
		const within = stepOf(task, id)?.within;
		return within === undefined ? [] : (stepOf(task, within.group) ?? []);
	});
}

/** The ids under which an output is known: its step's, those of groups that give it on, and `previous` of a loop's next round. */
function namesOf(task: Task, stepId: StepId): ReadonlySet<StepId> {
	const names = new Set<StepId>();
	for (let id: StepId | undefined = stepId; id !== undefined; ) {
		names.add(id);
		const within: Step['within'] = stepOf(task, id)?.within;
		const owner: Step | undefined = within === undefined ? undefined : stepOf(task, within.group);
		if (owner === undefined) break;
		const { spec, round = 0 }: Step = owner;
		const { gives } = spec.body ?? {};
		if (gives === undefined || innerStepId(spec, round, gives) !== id) break;
		if (spec.repeat !== undefined) names.add(innerStepId(spec, round + 1, PREVIOUS));
		id = spec.id;
	}
	return names;
}
