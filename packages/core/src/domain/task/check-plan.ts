import type { StepId } from '../ids.ts';
import { isJsonObject, type Json } from '../json.ts';
import { conditionPaths } from './condition.ts';
import { PLAN_LIMITS, type PlanStep } from './plan.ts';
import { ITEM, isReference, parseReference, referencesIn } from './references.ts';

/** PlanProblem is one reason why a plan cannot run, as a sentence for whoever wrote it. */
export interface PlanProblem {
	readonly stepId?: StepId | undefined;
	readonly message: string;
}

const MAX_INPUT_DEPTH = 64;
const MAX_REFERENCE_LENGTH = 500;

/**
 * planProblems checks what can be checked without a catalogue: the limits, unique ids, dependencies and references that
 * exist, and no cycle. An empty list means the plan's structure is sound.
 */
export function planProblems(steps: readonly PlanStep[]): PlanProblem[] {
	const { maxSteps } = PLAN_LIMITS;
	if (steps.length === 0) return [{ message: 'The plan has no steps.' }];
	if (steps.length > maxSteps)
		return [{ message: `The plan has ${steps.length} steps; at most ${maxSteps} are allowed.` }];
	const ids = new Set(steps.map((step) => step.id));
	const problems = [...idProblems(steps), ...steps.flatMap((step) => stepProblems(step, ids))];
	// References of an input that is too deep or malformed were reported above; a cycle is looked for in sound plans only.
	if (problems.length > 0) return problems;
	const cycle = findCycle(steps);
	if (cycle === undefined) return [];
	return [{ stepId: cycle[0], message: `Steps wait for each other in a circle: ${cycle.join(' → ')}.` }];
}

/** dependenciesOf lists the steps a step waits for: those it names, then those it refers to. */
export function dependenciesOf(step: PlanStep): StepId[] {
	return [...new Set([...step.dependsOn, ...referredSteps(step)])];
}

/** referredSteps lists the steps whose outputs a step looks at: for its list, its input and its condition. */
export function referredSteps({ input, when, forEach }: PlanStep): StepId[] {
	const references = [
		...(forEach === undefined ? [] : [forEach.$from]),
		...referencesIn(input),
		...(when === undefined ? [] : conditionPaths(when)),
	];
	const ids = new Set(references.map((text) => parseReference(text).stepId));
	ids.delete(ITEM);
	return [...ids];
}

function idProblems(steps: readonly PlanStep[]): PlanProblem[] {
	const problems: PlanProblem[] = [];
	const seen = new Set<StepId>();
	for (const { id } of steps) {
		if (seen.has(id)) problems.push({ stepId: id, message: `Two steps have the id "${id}"; ids must be unique.` });
		if (id === ITEM)
			problems.push({ stepId: id, message: `"${ITEM}" names the element of a forEach; use another id.` });
		seen.add(id);
	}
	return problems;
}

function stepProblems(step: PlanStep, ids: ReadonlySet<StepId>): PlanProblem[] {
	const says = (message: string): PlanProblem => ({ stepId: step.id, message });
	const shape = inputShapeProblem(step.input);
	if (shape !== undefined) return [says(shape)];
	const problems: PlanProblem[] = [];
	for (const id of step.dependsOn) {
		if (!ids.has(id)) problems.push(says(`dependsOn names the step "${id}", which does not exist.`));
	}
	const places = [
		...referencesIn(step.input).map((text) => ({ text, where: 'The input', item: step.forEach !== undefined })),
		...(step.when === undefined ? [] : conditionPaths(step.when)).map((text) => ({ text, where: 'when', item: false })),
		...(step.forEach === undefined ? [] : [{ text: step.forEach.$from, where: 'forEach', item: false }]),
	];
	for (const { text, where, item } of places) {
		if (text.length > MAX_REFERENCE_LENGTH) {
			problems.push(
				says(`${where} has a reference of ${text.length} characters; at most ${MAX_REFERENCE_LENGTH} are allowed.`),
			);
			continue;
		}
		const { stepId, path } = parseReference(text);
		if (path.includes('')) problems.push(says(`${where} refers to "${text}", which has an empty part.`));
		if (stepId === ITEM && !item) problems.push(says(`${where} refers to "${text}"; ${itemRule(where)}`));
		else if (stepId !== ITEM && !ids.has(stepId))
			problems.push(says(`${where} refers to "${text}", but there is no step "${stepId}".`));
	}
	return problems;
}

function itemRule(where: string): string {
	if (where === 'The input') return 'an item exists only in a step with forEach.';
	return `${where} is looked at once, before there are items.`;
}

/** What is wrong with an input as JSON: too deep, too big, or something that looks like a reference and is none. */
function inputShapeProblem(input: Json): string | undefined {
	const stack: { value: Json; depth: number; inList: boolean }[] = [{ value: input, depth: 0, inList: false }];
	for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
		const { value, depth, inList } = top;
		if (typeof value !== 'object' || value === null) continue;
		if (depth > MAX_INPUT_DEPTH) return `The input is nested deeper than ${MAX_INPUT_DEPTH} levels.`;
		if (isJsonObject(value) && Object.hasOwn(value, '$from')) {
			if (!isReference(value)) return 'A reference is {"$from": "stepId.path"} and nothing else but "$spread".';
			if (value.$spread !== undefined && !inList)
				return `"$spread" of "${value.$from}" only means something in a list.`;
			continue;
		}
		const list = Array.isArray(value);
		for (const part of Object.values(value)) stack.push({ value: part, depth: depth + 1, inList: list });
	}
	const bytes = utf8Bytes(JSON.stringify(input));
	const { maxInputBytes } = PLAN_LIMITS;
	if (bytes > maxInputBytes) return `The input has ${bytes} bytes; at most ${maxInputBytes} are allowed.`;
	return undefined;
}

/** `JSON.stringify` escapes lone surrogates, so every high surrogate here has its pair: four bytes together. */
function utf8Bytes(text: string): number {
	let bytes = text.length;
	for (let index = 0; index < text.length; index++) {
		const unit = text.charCodeAt(index);
		if (unit >= 0xd800 && unit <= 0xdfff) bytes += 1;
		else if (unit >= 0x800) bytes += 2;
		else if (unit >= 0x80) bytes += 1;
	}
	return bytes;
}

/** Takes away steps whose dependencies are all gone, again and again; what cannot be taken away holds a cycle. */
function findCycle(steps: readonly PlanStep[]): StepId[] | undefined {
	const waitsFor = new Map(steps.map((step) => [step.id, dependenciesOf(step)]));
	const dependents = new Map<StepId, StepId[]>();
	const open = new Map<StepId, number>();
	for (const [id, dependencies] of waitsFor) {
		open.set(id, dependencies.length);
		for (const dependency of dependencies) {
			const known = dependents.get(dependency);
			if (known === undefined) dependents.set(dependency, [id]);
			else known.push(id);
		}
	}
	const free = [...open].filter(([, count]) => count === 0).map(([id]) => id);
	for (let id = free.pop(); id !== undefined; id = free.pop()) {
		open.delete(id);
		for (const dependent of dependents.get(id) ?? []) {
			const count = (open.get(dependent) ?? 0) - 1;
			open.set(dependent, count);
			if (count === 0) free.push(dependent);
		}
	}
	const [start] = open.keys();
	return start === undefined ? undefined : walkCycle(start, (id) => waitsFor.get(id)?.find((other) => open.has(other)));
}

/** Every step left waits for another one left, so walking from any of them comes back to where it has been. */
function walkCycle(start: StepId, next: (id: StepId) => StepId | undefined): StepId[] {
	const walked: StepId[] = [];
	let id: StepId | undefined = start;
	while (id !== undefined && !walked.includes(id)) {
		walked.push(id);
		id = next(id);
	}
	return id === undefined ? walked : [...walked.slice(walked.indexOf(id)), id];
}
